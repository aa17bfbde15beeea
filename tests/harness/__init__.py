"""A private Kubernetes control plane for tests: etcd, kube-apiserver, kube-controller-manager, kube-scheduler, the volumes of the
built-in cluster, and kwok in place of nodes. Everything but what would run in pods is real.

    with ControlPlane(directory) as plane:
        installation = Installation(plane, engines={...})
        plane.admin.get("/api/v1/namespaces")
"""
