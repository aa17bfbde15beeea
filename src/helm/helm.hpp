#pragma once
// Helm's own engine, linked in: pure functions over charts and release records. No Kubernetes, no processes.
// Behind it is a Go archive (helm/engine); its face here is one JSON call per function.

#include <boost/json/object.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace storewright::helm {

struct ChartInfo {
    std::string name;
    std::string version;
    std::string app_version;
    std::string digest;       ///< over all files of the chart
    std::string engine_yaml;  ///< content of engine.yaml in its root, or empty
};

/// A test or other hook of the chart: kept in the release record for `helm test`, not applied.
struct Rendering {
    std::vector<boost::json::object> objects;  ///< every manifest but hooks, in Helm's install order
    std::string manifest;                      ///< the same as Helm keeps it, "---\n# Source: ..." and all
    boost::json::array hooks;                  ///< as Helm's release record holds them
    std::string notes;
};

struct RenderInput {
    std::string chart_path;
    std::string release_name;
    std::string release_namespace;
    boost::json::object values;  ///< over the chart's own
    std::string kube_version = "v1.31.0";
    int revision = 1;
    bool is_upgrade = false;
};

enum class ReleaseState { deployed, superseded, failed };

struct ReleaseRecord {
    std::string name;
    std::string namespace_;
    int revision = 1;
    ReleaseState state = ReleaseState::deployed;
    std::string description;
    TimePoint first_deployed{};
    TimePoint last_deployed{};
    boost::json::object values;  ///< as given by the user of Helm: never a secret
    std::string manifest;
    boost::json::array hooks;
    std::string notes;
    std::string chart_path;  ///< whose metadata and templates are recorded
};

/// Metadata of a chart directory; invalid_argument when it is no chart or its values.yaml breaks its own schema.
Result<ChartInfo> inspect(const std::string& chart_path);

/// Renders; the values are checked against values.schema.json (invalid_argument naming the value). Charts are loaded
/// once per path and digest and kept. Thread-safe.
Result<Rendering> render(const RenderInput& input);

/// The Secret object ("sh.helm.release.v1.<name>.v<revision>", type helm.sh/release.v1, Helm's labels) holding the
/// record as Helm 3 and 4 read it. The caller adds its own labels.
Result<boost::json::object> encode_release(const ReleaseRecord& record);

/// Reads back what encode_release or Helm wrote: name, namespace, revision, state, description, times, values,
/// manifest.
Result<ReleaseRecord> decode_release(const boost::json::object& secret);

/// The same record with another state, without decoding templates in C++ ("deployed" becomes "superseded").
Result<boost::json::object> with_state(const boost::json::object& secret, ReleaseState state);

}  // namespace storewright::helm
