"""A tenant with kubectl."""

import json

from harness.installation import STORES, store_manifest


class Tenant:
    """`person` may do what the ClusterRole storewright-tenant-editor allows, in the tenant's namespace. `overlord` has every right on
    the platform's objects in the whole cluster, as by a careless operator: what still holds then is admission's doing."""

    def __init__(self, installation, slug, domains):
        self._plane = installation.plane
        self.admin = installation.plane.admin
        self.person, self.overlord = f"{slug}-owner", f"{slug}-overlord"
        self.namespace = installation.add_tenant(slug, domains=domains)
        self._bind("RoleBinding", f"/apis/rbac.authorization.k8s.io/v1/namespaces/{self.namespace}/rolebindings", self.person,
                   "storewright-tenant-editor")
        self.admin.create("/apis/rbac.authorization.k8s.io/v1/clusterroles", {
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": self.overlord},
            "rules": [{"apiGroups": ["storewright.dev"], "resources": ["*"], "verbs": ["*"]}]})
        self._bind("ClusterRoleBinding", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", self.overlord, self.overlord)

    def _bind(self, kind, path, user, role):
        self.admin.create(path, {
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": {"name": user},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}]})

    def manifest(self, name, namespace=None, status=None, **spec):
        store = store_manifest(name, **spec)
        store["metadata"]["namespace"] = namespace or self.namespace
        return {**store, "status": status} if status else store

    def kubectl(self, *arguments, user=None, stdin=None):
        """What kubectl said, and whether it succeeded; as the tenant's person."""
        done = self._plane.run("kubectl", "--as", user or self.person, *arguments, stdin=stdin and json.dumps(stdin), check=False)
        return done.returncode == 0, done.stdout + done.stderr

    def create(self, name, **options):
        ok, said = self.try_to_create(self.manifest(name, **options))
        assert ok, said

    def try_to_create(self, manifest, user=None):
        return self.kubectl("create", "--validate=strict", "-f", "-", user=user, stdin=manifest)

    def patch(self, name, patch, *options, namespace=None, user=None):
        where = namespace or self.namespace
        return self.kubectl("patch", "store", name, "--namespace", where, "--type=merge", "--patch", json.dumps(patch), *options, user=user)

    def store(self, name):
        return self.admin.find(f"{STORES}/namespaces/{self.namespace}/stores/{name}")

    def status(self, name):
        return (self.store(name) or {}).get("status", {})
