"""The reference: tables made from the code, so that they cannot tell anything else."""
