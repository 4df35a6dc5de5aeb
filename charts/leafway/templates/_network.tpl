{{/* DNS, and the API server of this cluster. A rule sees the port behind the Service: OpenShift's DNS listens on 5353. */}}
{{- define "leafway.egressRules" -}}
- ports:
    {{- range $port := list 53 5353 }}
    {{- range $protocol := list "UDP" "TCP" }}
    - port: {{ $port }}
      protocol: {{ $protocol }}
    {{- end }}
    {{- end }}
{{ include "leafway.destination" .Values.networkPolicy.apiServer }}
{{- end }}

{{- define "leafway.metricsRule" -}}
- ports:
    - port: health
  {{- with .Values.networkPolicy.metricsFrom }}
  from:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{/* One egress rule from the value of a destination; without addresses and ports it is the empty rule, which allows all. */}}
{{- define "leafway.destination" -}}
{{- if not (or .cidrs .ports) -}}
- {}
{{- else -}}
{{- $rule := dict -}}
{{- if .ports }}{{ $ports := list }}{{ range .ports }}{{ $ports = append $ports (dict "port" . "protocol" "TCP") }}{{ end }}{{ $_ := set $rule "ports" $ports }}{{ end -}}
{{- if .cidrs }}{{ $_ := set $rule "to" (include "leafway.addresses" (dict "field" "to" "cidrs" .cidrs) | fromYaml).to }}{{ end -}}
{{- list $rule | toYaml -}}
{{- end -}}
{{- end }}

{{- define "leafway.addresses" -}}
{{- with .cidrs -}}
{{ $.field }}:
  {{- range . }}
  - ipBlock:
      cidr: {{ . | quote }}
  {{- end }}
{{- end }}
{{- end }}
