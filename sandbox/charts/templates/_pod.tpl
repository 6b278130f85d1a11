{{- /* The pod of a workload: what its section of the values says of resources, places, volumes and environment. */ -}}
{{- define "pod" -}}
{{- $root := .root }}
{{- $work := .work }}
{{- $values := $work.values | default dict }}
{{- $labels := dict "root" $root "component" $work.component }}
metadata:
  labels:
    {{- include "labels" $labels | nindent 4 }}
    {{- with $values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    checksum/config: {{ $work.config | default dict | toJson | sha256sum }}
    {{- with $values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ $work.serviceAccount }}
  automountServiceAccountToken: {{ $work.needsApi | default false }}
  {{- with $values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with $values.terminationGracePeriodSeconds }}
  terminationGracePeriodSeconds: {{ . }}
  {{- end }}
  {{- with $values.nodeSelector }}
  nodeSelector: {{- (kindIs "string" . | ternary . (toYaml .)) | nindent 4 }}
  {{- end }}
  {{- with $values.tolerations }}
  tolerations: {{- (kindIs "string" . | ternary . (toYaml .)) | nindent 4 }}
  {{- end }}
  {{- with $values.affinity }}
  affinity: {{- (kindIs "string" . | ternary . (toYaml .)) | nindent 4 }}
  {{- end }}
  {{- with $values.topologySpreadConstraints }}
  topologySpreadConstraints: {{- (kindIs "string" . | ternary (tpl (toString .) $root) (toYaml .)) | nindent 4 }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    seccompProfile: {type: RuntimeDefault}
  containers:
    - name: {{ $work.container | default $root.Chart.Name }}
      image: {{ $work.image }}
      {{- with $work.args }}
      args: {{- toYaml . | nindent 8 }}
      {{- end }}
      ports:
        {{- range $name, $port := $work.ports }}
        - {name: {{ $name }}, containerPort: {{ $port }}, protocol: TCP}
        {{- end }}
      {{- with $work.env }}
      env: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $work.envFrom }}
      envFrom: {{- toYaml . | nindent 8 }}
      {{- end }}
      resources: {{- $values.resources | default dict | toYaml | nindent 8 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: {drop: [ALL]}
      volumeMounts:
        - {name: {{ $work.volume | default "data" }}, mountPath: {{ $work.mount | default "/data" }}}
        - {name: tmp, mountPath: /tmp}
        {{- range $work.hostPaths }}
        - {name: {{ .name }}, mountPath: {{ .path }}, readOnly: true}
        {{- end }}
  volumes:
    - {name: tmp, emptyDir: {}}
    {{- $claim := $work.persistence | default dict }}
    {{- if not $claim.enabled }}
    - {name: {{ $work.volume | default "data" }}, emptyDir: {}}
    {{- else if eq $work.kind "Deployment" }}
    - {name: {{ $work.volume | default "data" }}, persistentVolumeClaim: {claimName: {{ $claim.existingClaim | default $work.name }}}}
    {{- end }}
    {{- range $work.hostPaths }}
    - {name: {{ .name }}, hostPath: {path: {{ .path }}}}
    {{- end }}
{{- end }}

{{- define "claim.spec" -}}
accessModes: [ReadWriteOnce]
{{- with .storageClass | default .storageClassName }}
storageClassName: {{ . }}
{{- end }}
resources: {requests: {storage: {{ .size | default "10Gi" }}}}
{{- end }}
