#include "app/plan_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "domain/store_json.hpp"

namespace storewright::app {
namespace {

namespace json = boost::json;
namespace r = reconcile;

json::array texts(const std::vector<std::string>& all) { return json::array(all.begin(), all.end()); }

/// What an action carries beside its name.
struct Details {
    json::object operator()(const r::AddFinalizer&) const { return {}; }
    json::object operator()(const r::RemoveFinalizer&) const { return {}; }
    json::object operator()(const r::LookAtSecrets&) const { return {}; }
    json::object operator()(const r::Probe&) const { return {}; }
    json::object operator()(const r::WriteStatus& a) const { return {{"status", domain::status_to_json(a.status)}}; }
    json::object operator()(const r::ReserveHostnames& a) const { return {{"hostnames", texts(a.hostnames)}}; }
    json::object operator()(const r::ReleaseHostnames& a) const { return {{"hostnames", texts(a.hostnames)}}; }
    json::object operator()(const r::CreateNamespace& a) const { return {{"namespace", a.name}}; }
    json::object operator()(const r::AdoptNamespace& a) const { return {{"namespace", a.name}}; }
    json::object operator()(const r::DeleteNamespace& a) const { return {{"namespace", a.name}}; }
    json::object operator()(const r::ApplyRelease& a) const {
        return {{"revision", a.revision}, {"createSecrets", a.create_secrets}};
    }
};

}  // namespace

json::value plan_to_json(const r::Plan& plan) {
    json::array actions;
    for (const auto& action : plan.actions) {
        json::object entry{{"action", r::name_of(action)}};
        for (auto& [name, value] : std::visit(Details{}, action)) entry[name] = value;
        actions.push_back(std::move(entry));
    }
    json::object object{{"step", plan.step}, {"why", plan.why}, {"actions", std::move(actions)}};
    if (plan.requeue_after) object["requeueAfterMilliseconds"] = plan.requeue_after->count();
    return object;
}

}  // namespace storewright::app
