{{- define "storewright.labels" -}}
app.kubernetes.io/name: storewright
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: storewright
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "storewright.selector" -}}
app.kubernetes.io/name: storewright
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* The user name under which the controller writes. */}}
{{- define "storewright.user" -}}
system:serviceaccount:{{ .Release.Namespace }}:storewright
{{- end }}
