{{/* What every object of the chart carries; "component" is what it belongs to. Takes (dict "root" $ "component" "webhook"). */}}
{{- define "leafway.metadata" -}}
labels:
  {{- mustMergeOverwrite (deepCopy .root.Values.commonLabels) (include "leafway.labels" . | fromYaml) (.labels | default dict) | toYaml | nindent 2 }}
{{- with mustMergeOverwrite (deepCopy .root.Values.commonAnnotations) (.annotations | default dict) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "leafway.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{ include "leafway.selector" . }}
{{- end }}

{{/* By what the Pods of a component are selected; it can never change. */}}
{{- define "leafway.selector" -}}
app.kubernetes.io/name: leafway
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* The image of a component. Takes (dict "root" $ "image" .Values.webhook.image). */}}
{{- define "leafway.image" -}}
{{- $name := printf "%s/%s" .root.Values.image.registry .image.repository -}}
{{- if .image.digest -}}
{{ $name }}@{{ .image.digest }}
{{- else -}}
{{ $name }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end -}}
{{- end }}

{{/* What the API server calls the webhook. */}}
{{- define "leafway.webhookName" -}}
leafway-webhook.{{ .Release.Namespace }}.svc
{{- end }}
