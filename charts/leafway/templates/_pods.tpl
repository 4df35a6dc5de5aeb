{{/* Where and as whom the Pods of a component run. Takes (dict "root" $ "component" "webhook" "values" .Values.webhook). */}}
{{- define "leafway.pod" -}}
{{- $selector := dict "matchLabels" (include "leafway.selector" . | fromYaml) -}}
serviceAccountName: leafway-{{ .component }}
automountServiceAccountToken: true
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  seccompProfile:
    type: RuntimeDefault
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.topologySpread }}
topologySpreadConstraints:
  {{- range . }}
  - topologyKey: {{ .topologyKey | quote }}
    maxSkew: {{ .maxSkew | default 1 }}
    whenUnsatisfiable: {{ .whenUnsatisfiable | default "ScheduleAnyway" }}
    labelSelector:
      {{- toYaml $selector | nindent 6 }}
    # Counted within one version, so that an update does not count the Pods that it replaces.
    matchLabelKeys: [pod-template-hash]
  {{- end }}
{{- end }}
{{- end }}

{{/* What no container of this chart may do. */}}
{{- define "leafway.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* Probes on the port called health. A program that starts may read a large fleet first. */}}
{{- define "leafway.probes" -}}
startupProbe:
  httpGet: { path: /healthz, port: health }
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: { path: /healthz, port: health }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: { path: /readyz, port: health }
  periodSeconds: 2
  timeoutSeconds: 2
  failureThreshold: 2
{{- end }}

{{/* Labels and annotations of the Pods of a component; the chart's own labels go before. A new chart alone restarts none. */}}
{{- define "leafway.podMetadata" -}}
labels:
  {{- mustMergeOverwrite (deepCopy .root.Values.commonLabels) .values.podLabels (omit (include "leafway.labels" . | fromYaml) "helm.sh/chart") | toYaml | nindent 2 }}
{{- with mustMergeOverwrite (deepCopy .root.Values.commonAnnotations) .values.podAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
