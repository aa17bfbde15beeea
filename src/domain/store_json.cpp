#include "domain/store_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

namespace storewright::domain {
namespace {

namespace json = boost::json;

/// Reads members of one JSON object and remembers the first that has the wrong type.
class Reader {
  public:
    Reader(const json::object& object, std::string path) : object_(object), path_(std::move(path)) {}

    void text(std::string_view name, std::string& out) {
        if (const auto* v = present(name)) {
            if (const auto* s = v->if_string()) out.assign(s->data(), s->size());
            else wrong(name, "a string");
        }
    }
    void integer(std::string_view name, std::int64_t& out) {
        if (const auto* v = present(name)) {
            if (const auto* i = v->if_int64()) out = *i;
            else wrong(name, "an integer");
        }
    }
    void boolean(std::string_view name, bool& out) {
        if (const auto* v = present(name)) {
            if (const auto* b = v->if_bool()) out = *b;
            else wrong(name, "true or false");
        }
    }
    void texts(std::string_view name, std::vector<std::string>& out) {
        const auto* v = present(name);
        if (!v) return;
        const auto* a = v->if_array();
        if (!a) return wrong(name, "a list");
        for (const auto& item : *a) {
            if (const auto* s = item.if_string()) out.emplace_back(s->data(), s->size());
            else wrong(name, "a list of strings");
        }
    }
    void time(std::string_view name, std::optional<TimePoint>& out) {
        std::string value;
        text(name, value);
        if (value.empty()) return;
        if (auto parsed = parse_time(value)) out = *parsed;
        else wrong(name, "a UTC time");
    }
    void time(std::string_view name, TimePoint& out) {
        std::optional<TimePoint> value;
        time(name, value);
        if (value) out = *value;
    }
    const json::object* object(std::string_view name) {
        const auto* v = present(name);
        if (!v) return nullptr;
        if (const auto* o = v->if_object()) return o;
        wrong(name, "an object");
        return nullptr;
    }
    const json::array* array(std::string_view name) {
        const auto* v = present(name);
        if (!v) return nullptr;
        if (const auto* a = v->if_array()) return a;
        wrong(name, "a list");
        return nullptr;
    }

    /// The first error, if any, joins `all`.
    void finish(std::optional<Error>& all) {
        if (error_ && !all) all = std::move(error_);
    }

  private:
    const json::value* present(std::string_view name) const {
        const auto* v = object_.if_contains(name);
        return v && !v->is_null() ? v : nullptr;
    }
    void wrong(std::string_view name, std::string_view wanted) {
        if (error_) return;
        const std::string field = path_.empty() ? std::string(name) : path_ + "." + std::string(name);
        error_ = Error{ErrorCode::invalid_argument, field + " must be " + std::string(wanted), field};
    }

    const json::object& object_;
    std::string path_;
    std::optional<Error> error_;
};

void read_metadata(const json::object& object, Store& store, std::optional<Error>& error) {
    Reader meta(object, "metadata");
    meta.text("namespace", store.key.namespace_);
    meta.text("name", store.key.name);
    meta.text("uid", store.uid);
    meta.text("resourceVersion", store.resource_version);
    meta.integer("generation", store.generation);
    meta.time("creationTimestamp", store.created);
    meta.time("deletionTimestamp", store.deletion_requested);
    meta.texts("finalizers", store.finalizers);
    meta.finish(error);
}

void read_mail(const json::object& object, Mail& mail, std::optional<Error>& error) {
    Reader r(object, "spec.mail");
    r.text("host", mail.host);
    r.integer("port", mail.port);
    r.text("security", mail.security);
    r.text("username", mail.username);
    r.text("from", mail.from);
    if (const auto* secret = r.object("passwordSecret")) {
        Reader s(*secret, "spec.mail.passwordSecret");
        s.text("name", mail.password.name);
        s.text("key", mail.password.key);
        s.finish(error);
    }
    r.finish(error);
}

void read_spec(const json::object& object, StoreSpec& spec, std::optional<Error>& error) {
    Reader r(object, "spec");
    r.text("engine", spec.engine);
    r.text("version", spec.version);
    r.text("plan", spec.plan);
    r.text("displayName", spec.display_name);
    r.text("adminEmail", spec.admin_email);
    r.text("country", spec.country);
    r.text("currency", spec.currency);
    r.text("language", spec.language);
    r.text("timezone", spec.timezone);
    r.texts("hostnames", spec.hostnames);
    if (const auto* mail = r.object("mail")) read_mail(*mail, spec.mail.emplace(), error);
    r.boolean("suspended", spec.suspended);
    r.finish(error);
}

Condition read_condition(const json::object& object, std::optional<Error>& error) {
    Condition c;
    std::string status;
    Reader r(object, "status.conditions[]");
    r.text("type", c.type);
    r.text("status", status);
    r.text("reason", c.reason);
    r.text("message", c.message);
    r.time("lastTransitionTime", c.since);
    r.integer("observedGeneration", c.observed_generation);
    r.finish(error);
    c.status = status == "True";
    return c;
}

void read_release(const json::object& object, ReleaseStatus& release, std::optional<Error>& error) {
    std::int64_t revision = 0;
    Reader r(object, "status.release");
    r.integer("revision", revision);
    r.text("chart", release.chart);
    r.text("chartVersion", release.chart_version);
    r.text("inputsDigest", release.inputs_digest);
    r.text("liveDigest", release.live_digest);
    r.text("secretsDigest", release.secrets_digest);
    r.text("configDigest", release.config_digest);
    r.text("plan", release.plan);
    r.finish(error);
    release.revision = static_cast<int>(revision);
}

void read_status(const json::object& object, StoreStatus& status, std::optional<Error>& error) {
    Reader r(object, "status");
    r.text("id", status.id);
    r.text("namespace", status.namespace_);
    r.text("url", status.url);
    r.text("adminURL", status.admin_url);
    r.text("version", status.version);
    r.texts("hostnames", status.hostnames);
    r.integer("observedGeneration", status.observed_generation);
    std::string phase;
    r.text("phase", phase);
    if (auto parsed = parse_phase(phase)) status.phase = *parsed;
    if (const auto* conditions = r.array("conditions"))
        for (const auto& item : *conditions)
            if (const auto* o = item.if_object()) status.conditions.push_back(read_condition(*o, error));
    if (const auto* release = r.object("release")) read_release(*release, status.release, error);
    if (const auto* failure = r.object("failure")) {
        Reader f(*failure, "status.failure");
        status.failure.emplace();
        f.text("reason", status.failure->reason);
        f.text("message", status.failure->message);
        f.text("hint", status.failure->hint);
        f.time("at", status.failure->at);
        f.finish(error);
    }
    if (const auto* timings = r.object("timings")) {
        Reader t(*timings, "status.timings");
        t.time("accepted", status.timings.accepted);
        t.time("applied", status.timings.applied);
        t.time("workloadsReady", status.timings.workloads_ready);
        t.time("ready", status.timings.ready);
        t.finish(error);
    }
    r.finish(error);
}

void put(json::object& object, std::string_view name, const std::string& value) {
    if (!value.empty()) object[name] = value;
}

void put(json::object& object, std::string_view name, const std::vector<std::string>& values) {
    if (!values.empty()) object[name] = json::array(values.begin(), values.end());
}

void put(json::object& object, std::string_view name, const std::optional<TimePoint>& value) {
    if (value) object[name] = format_time_precise(*value);
}

json::object condition_to_json(const Condition& c) {
    return {{"type", c.type},
            {"status", c.status ? "True" : "False"},
            {"reason", c.reason},
            {"message", c.message},
            {"lastTransitionTime", format_time(c.since)},
            {"observedGeneration", c.observed_generation}};
}

json::object release_to_json(const ReleaseStatus& release) {
    json::object object{{"revision", release.revision}};
    put(object, "chart", release.chart);
    put(object, "chartVersion", release.chart_version);
    put(object, "inputsDigest", release.inputs_digest);
    put(object, "liveDigest", release.live_digest);
    put(object, "secretsDigest", release.secrets_digest);
    put(object, "configDigest", release.config_digest);
    put(object, "plan", release.plan);
    return object;
}

json::object mail_to_json(const Mail& mail) {
    json::object object{{"port", mail.port}};
    put(object, "host", mail.host);
    put(object, "security", mail.security);
    put(object, "username", mail.username);
    put(object, "from", mail.from);
    if (!mail.password.name.empty())
        object["passwordSecret"] = json::object{{"name", mail.password.name}, {"key", mail.password.key}};
    return object;
}

}  // namespace

Result<Store> store_from_json(const json::object& object) {
    Store store;
    std::optional<Error> error;
    Reader r(object, "");
    if (const auto* metadata = r.object("metadata")) read_metadata(*metadata, store, error);
    if (const auto* spec = r.object("spec")) read_spec(*spec, store.spec, error);
    if (const auto* status = r.object("status")) read_status(*status, store.status, error);
    r.finish(error);
    if (error) return std::unexpected(*std::move(error));
    return store;
}

json::object spec_to_json(const StoreSpec& spec) {
    json::object object;
    put(object, "engine", spec.engine);
    put(object, "version", spec.version);
    put(object, "plan", spec.plan);
    put(object, "displayName", spec.display_name);
    put(object, "adminEmail", spec.admin_email);
    put(object, "country", spec.country);
    put(object, "currency", spec.currency);
    put(object, "language", spec.language);
    put(object, "timezone", spec.timezone);
    put(object, "hostnames", spec.hostnames);
    if (spec.mail) object["mail"] = mail_to_json(*spec.mail);
    if (spec.suspended) object["suspended"] = true;
    object["deletionPolicy"] = "Discard";
    return object;
}

json::object status_to_json(const StoreStatus& status) {
    json::object object{{"phase", to_string(status.phase)}, {"observedGeneration", status.observed_generation}};
    put(object, "id", status.id);
    put(object, "namespace", status.namespace_);
    put(object, "url", status.url);
    put(object, "adminURL", status.admin_url);
    put(object, "version", status.version);
    put(object, "hostnames", status.hostnames);
    json::array conditions;
    for (const auto& c : status.conditions) conditions.push_back(condition_to_json(c));
    if (!conditions.empty()) object["conditions"] = std::move(conditions);
    if (status.release != ReleaseStatus{}) object["release"] = release_to_json(status.release);
    if (status.failure) {
        json::object failure{{"reason", status.failure->reason}, {"message", status.failure->message}};
        put(failure, "hint", status.failure->hint);
        put(failure, "at", std::optional(status.failure->at));
        object["failure"] = std::move(failure);
    }
    json::object timings;
    put(timings, "accepted", status.timings.accepted);
    put(timings, "applied", status.timings.applied);
    put(timings, "workloadsReady", status.timings.workloads_ready);
    put(timings, "ready", status.timings.ready);
    if (!timings.empty()) object["timings"] = std::move(timings);
    return object;
}

json::object store_to_json(const StoreKey& key, const StoreSpec& spec) {
    return {{"apiVersion", api_version},
            {"kind", "Store"},
            {"metadata", json::object{{"namespace", key.namespace_}, {"name", key.name}}},
            {"spec", spec_to_json(spec)}};
}

}  // namespace storewright::domain
