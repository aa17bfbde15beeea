{{/* Labels of every object. Called with (list $ "component"). */}}
{{- define "woocommerce.labels" -}}
{{- $root := index . 0 -}}
storewright.dev/store: {{ $root.Values.store.id | quote }}
{{ include "woocommerce.selector" . }}
app.kubernetes.io/instance: {{ $root.Values.store.id | quote }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: storewright
{{- end }}

{{/* What tells the pods of one component from the others. It cannot change in a store's life. */}}
{{- define "woocommerce.selector" -}}
app.kubernetes.io/name: woocommerce
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* What every pod has. Called with the numeric id of its user. */}}
{{- define "woocommerce.podDefaults" -}}
serviceAccountName: woocommerce
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ . }}
  runAsGroup: {{ . }}
  fsGroup: {{ . }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- end }}

{{/* What every container has. The last lines that a failed one wrote are kept in its pod's status, where the platform reads them. */}}
{{- define "woocommerce.containerDefaults" -}}
imagePullPolicy: IfNotPresent
terminationMessagePolicy: FallbackToLogsOnError
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{/* Single keys of the store's Secrets as files. Called with (dict "root" $ "internal" (list ...) "admin" (list ...)). */}}
{{- define "woocommerce.secretsVolume" -}}
- name: secrets
  projected:
    defaultMode: 288  # 0440, for the pod's group
    sources:
      - secret:
          name: {{ .root.Values.secrets.internal | quote }}
          items:
            {{- range .internal }}
            - {key: {{ . }}, path: {{ . }}}
            {{- end }}
      {{- with .admin }}
      - secret:
          name: {{ $.root.Values.secrets.admin | quote }}
          items:
            {{- range . }}
            - {key: {{ . }}, path: {{ . }}}
            {{- end }}
      {{- end }}
{{- end }}

{{/* The keys with which WordPress signs cookies and links. */}}
{{- define "woocommerce.salts" -}}
auth-key secure-auth-key logged-in-key nonce-key auth-salt secure-auth-salt logged-in-salt nonce-salt
{{- end }}

{{/* Where WordPress finds its database. Whose shop it is stands in the files of the ConfigMap. */}}
{{- define "woocommerce.databaseEnv" -}}
- {name: DATABASE_HOST, value: mariadb}
- {name: DATABASE_NAME, value: wordpress}
- {name: DATABASE_USER, value: wordpress}
{{- end }}

{{/* Who the shop is: files, so that a running pod sees a change. */}}
{{- define "woocommerce.identity" -}}
store.json: {{ omit .Values.store "id" "name" "tenant" | toJson | quote }}
plan.json: {{ dict "internetEgress" (.Values.plan.internetEgress | default false) | toJson | quote }}
mail.json: {{ omit .Values.mail "secret" | toJson | quote }}
{{- end }}

{{/* A volume of the store. Called with (dict "root" $ "component" "..." "name" "..." "size" "..."). */}}
{{- define "woocommerce.volumeClaim" -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ .name }}
  labels: {{- include "woocommerce.labels" (list .root .component) | nindent 4 }}
spec:
  accessModes: [ReadWriteOnce]
  {{- with .root.Values.storageClassName }}
  storageClassName: {{ . | quote }}
  {{- end }}
  resources: {requests: {storage: {{ .size | quote }}}}
{{- end }}

{{/* Where the pods of a component are reached; with "atOnce", before their probes say that they are ready. Called with
(dict "root" $ "component" "..." "portName" "..." "port" 1234). */}}
{{- define "woocommerce.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ .component }}
  labels: {{- include "woocommerce.labels" (list .root .component) | nindent 4 }}
spec:
  selector: {{- include "woocommerce.selector" (list .root .component) | nindent 4 }}
  {{- if .atOnce }}
  publishNotReadyAddresses: true
  {{- end }}
  ports: [{name: {{ .portName }}, port: {{ .port }}, targetPort: {{ .portName }}}]
{{- end }}
