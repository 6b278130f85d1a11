{{/*
The named templates that the configuration in the values of Loki's chart calls, written anew for what this project's
components set: every name is given, and the store is S3 or a directory. A test holds the outcome against that of the chart itself.
*/}}

{{- define "loki.calculatedConfig" -}}
{{- $made := tpl .Values.loki.config . | fromYaml }}
{{- tpl (mergeOverwrite $made .Values.loki.structuredConfig | toYaml) . }}
{{- end }}

{{- define "loki.name" }}{{ .Values.nameOverride }}{{ end }}

{{- define "loki.namespace" }}{{ .Release.Namespace }}{{ end }}

{{- define "loki.memberlist" }}{{ .Values.fullnameOverride }}-memberlist{{ end }}

{{- define "loki.resourceName" }}{{ .ctx.Values.fullnameOverride }}-{{ .component }}{{ end }}

{{/* Where a part of Loki is called over gRPC: `ctx`, `part`, and `scheme` where all its pods are meant. */}}
{{- define "address" -}}
{{- $at := printf "%s.svc.%s:%v" .ctx.Release.Namespace .ctx.Values.global.clusterDomain .ctx.Values.loki.server.grpc_listen_port }}
{{- printf "%s%s%s.%s" (.scheme | default "") .ctx.Values.fullnameOverride .part $at }}
{{- end }}

{{- define "loki.compactorAddress" -}}
{{- $mode := .Values.deploymentMode }}
{{- $part := hasSuffix "Distributed" $mode | ternary "-compactor" "-backend" }}
{{- include "address" (dict "ctx" . "part" (hasPrefix "SingleBinary" $mode | ternary "" $part)) }}
{{- end }}

{{- define "loki.querySchedulerAddress" -}}
{{- if hasSuffix "Distributed" .Values.deploymentMode }}
{{- $headless := semverCompare ">=7.0.0" .Chart.Version | ternary "-headless" "" }}
{{- include "address" (dict "ctx" . "part" (print "-query-scheduler" $headless)) }}
{{- end }}
{{- end }}

{{- define "loki.querierAddress" -}}
{{- if hasSuffix "Distributed" .Values.deploymentMode }}
{{- $host := printf "%s-querier.%s.svc.%s" .Values.fullnameOverride .Release.Namespace .Values.global.clusterDomain }}
{{- printf "http://%s:%v" $host .Values.loki.server.http_listen_port }}
{{- end }}
{{- end }}

{{- define "loki.indexGatewayAddress" -}}
{{- if contains "SimpleScalable" .Values.deploymentMode }}
{{- include "address" (dict "ctx" . "scheme" "dns+" "part" "-backend-headless") }}
{{- else if hasSuffix "Distributed" .Values.deploymentMode }}
{{- include "address" (dict "ctx" . "scheme" "dns+" "part" "-index-gateway-headless") }}
{{- end }}
{{- end }}

{{- define "loki.bloomPlannerAddress" -}}
{{- if contains "SimpleScalable" .Values.deploymentMode }}
{{- include "address" (dict "ctx" . "part" "-backend-headless") }}
{{- else if hasSuffix "Distributed" .Values.deploymentMode }}
{{- include "address" (dict "ctx" . "part" "-bloom-planner-headless") }}
{{- end }}
{{- end }}

{{- define "loki.bloomGatewayAddresses" -}}
{{- $part := contains "SimpleScalable" .Values.deploymentMode | ternary "backend" "bloom-gateway" }}
{{- if ne "SingleBinary" .Values.deploymentMode }}
{{- $host := printf "%s-%s-headless" .Values.fullnameOverride $part }}
{{- printf "dnssrvnoa+_grpc._tcp.%s.%s.svc.%s" $host .Release.Namespace .Values.global.clusterDomain }}
{{- end }}
{{- end }}

{{- define "loki.commonStorageConfig" -}}
{{- if eq .Values.loki.storage.type "filesystem" }}
{{- dict "filesystem" .Values.loki.storage.filesystem | toYaml }}
{{- else }}
{{- include "s3" (dict "ctx" . "bucket" .Values.loki.storage.bucketNames.chunks) }}
{{- end }}
{{- end }}

{{- define "loki.rulerConfig" -}}
{{- $storage := dict "type" "local" }}
{{- if eq .Values.loki.storage.type "s3" }}
{{- $storage = include "s3" (dict "ctx" . "bucket" .Values.loki.storage.bucketNames.ruler) | fromYaml | merge (dict "type" "s3") }}
{{- end }}
{{- dict "ruler" (mergeOverwrite (dict "storage" $storage) .Values.loki.rulerConfig) | toYaml }}
{{- end }}

{{/* One bucket of the store: of its settings, those that have a value. */}}
{{- define "s3" -}}
{{- $set := dict "bucketnames" .bucket "s3forcepathstyle" .ctx.Values.loki.storage.s3.s3ForcePathStyle }}
{{- range $name, $value := omit .ctx.Values.loki.storage.s3 "s3ForcePathStyle" "disable_dualstack" }}
{{- if or $value (kindIs "bool" $value) }}{{ $_ := set $set $name $value }}{{ end }}
{{- end }}
{{- dict "s3" $set | toYaml }}
{{- end }}
