#include <array>

#include "kube/client.hpp"

namespace storewright::kube {

std::string Kind::api_version() const {
    return group.empty() ? std::string(version) : std::string(group) + "/" + std::string(version);
}

std::string ObjectRef::text() const {
    std::string text(kind ? kind->kind : "object");
    if (!namespace_.empty()) text += " " + namespace_ + "/" + name;
    else text += " " + name;
    return text;
}

namespace kinds {

const Kind store{"storewright.dev", "v1alpha1", "Store", "stores"};
const Kind hostname_reservation{"storewright.dev", "v1alpha1", "HostnameReservation", "hostnamereservations", false};
const Kind namespace_{"", "v1", "Namespace", "namespaces", false};
const Kind secret{"", "v1", "Secret", "secrets"};
const Kind config_map{"", "v1", "ConfigMap", "configmaps"};
const Kind service{"", "v1", "Service", "services"};
const Kind service_account{"", "v1", "ServiceAccount", "serviceaccounts"};
const Kind persistent_volume_claim{"", "v1", "PersistentVolumeClaim", "persistentvolumeclaims"};
const Kind persistent_volume{"", "v1", "PersistentVolume", "persistentvolumes", false};
const Kind pod{"", "v1", "Pod", "pods"};
const Kind event{"", "v1", "Event", "events"};
const Kind resource_quota{"", "v1", "ResourceQuota", "resourcequotas"};
const Kind limit_range{"", "v1", "LimitRange", "limitranges"};
const Kind deployment{"apps", "v1", "Deployment", "deployments"};
const Kind stateful_set{"apps", "v1", "StatefulSet", "statefulsets"};
const Kind job{"batch", "v1", "Job", "jobs"};
const Kind cron_job{"batch", "v1", "CronJob", "cronjobs"};
const Kind ingress{"networking.k8s.io", "v1", "Ingress", "ingresses"};
const Kind network_policy{"networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies"};
const Kind pod_disruption_budget{"policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets"};
const Kind horizontal_pod_autoscaler{"autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers"};
const Kind role_binding{"rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings"};
const Kind lease{"coordination.k8s.io", "v1", "Lease", "leases"};
const Kind storage_class{"storage.k8s.io", "v1", "StorageClass", "storageclasses", false};

const Kind* find(std::string_view api_version, std::string_view kind) {
    static const std::array all{&store,
                                &hostname_reservation,
                                &namespace_,
                                &secret,
                                &config_map,
                                &service,
                                &service_account,
                                &persistent_volume_claim,
                                &persistent_volume,
                                &pod,
                                &event,
                                &resource_quota,
                                &limit_range,
                                &deployment,
                                &stateful_set,
                                &job,
                                &cron_job,
                                &ingress,
                                &network_policy,
                                &pod_disruption_budget,
                                &horizontal_pod_autoscaler,
                                &role_binding,
                                &lease,
                                &storage_class};
    for (const Kind* candidate : all)
        if (candidate->kind == kind && candidate->api_version() == api_version) return candidate;
    return nullptr;
}

}  // namespace kinds
}  // namespace storewright::kube
