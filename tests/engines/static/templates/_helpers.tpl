{{- define "static.labels" -}}
storewright.dev/store: {{ .Values.store.id | quote }}
app.kubernetes.io/name: static
app.kubernetes.io/instance: {{ .Values.store.id | quote }}
app.kubernetes.io/component: page
app.kubernetes.io/part-of: storewright
{{- end }}

{{- define "static.security" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "static.resources" -}}
requests: {cpu: 5m, memory: 8Mi, ephemeral-storage: 4Mi}
limits: {cpu: 200m, memory: 32Mi, ephemeral-storage: 16Mi}
{{- end }}

{{- define "static.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10004
runAsGroup: 10004
fsGroup: 10004
seccompProfile: {type: RuntimeDefault}
{{- end }}
