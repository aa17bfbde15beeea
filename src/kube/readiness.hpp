#pragma once
// Whether an object does what it is for, by the rules of kstatus (sigs.k8s.io/cli-utils, pkg/kstatus/status/core.go).

#include <boost/json/object.hpp>

#include "domain/workload.hpp"

namespace storewright::kube {

using domain::PodFacts;
using domain::Readiness;
using domain::ReadyState;

/// Deployment, StatefulSet, Job (Complete is ready, Failed is failed), PersistentVolumeClaim (Bound, or waiting for its
/// first consumer), Pod, Namespace; every other kind is ready once it exists. An object being deleted is progressing.
Readiness readiness_of(const boost::json::object& object);

PodFacts pod_facts(const boost::json::object& pod);

}  // namespace storewright::kube
