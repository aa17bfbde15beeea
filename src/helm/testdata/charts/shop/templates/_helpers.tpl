{{- define "shop.fullname" -}}
{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "shop.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
storewright.dev/store: {{ .Values.store.id }}
{{- with .Values.extraLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}
