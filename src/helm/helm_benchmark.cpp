// What the linked Helm engine costs: time and CPU per operation, and the memory that stays.
// Run: ninja -C BUILD helm_benchmark && BUILD/src/helm/helm_benchmark

#include <benchmark/benchmark.h>

#include <boost/json/object.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "helm/helm.hpp"

namespace {

namespace fs = std::filesystem;
namespace helm = storewright::helm;

/// A chart of the given number of templates, each with what a store's workload has, in a directory
/// of its own.
class GeneratedChart {
  public:
    explicit GeneratedChart(int templates) {
        std::string pattern = (fs::temp_directory_path() / "helm_benchmark.XXXXXX").string();
        path_ = mkdtemp(pattern.data());
        write("Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\nappVersion: '1'\n");
        write("values.yaml",
              "store: {id: k3v9m2qa7x, name: shoes}\nreplicas: 2\nimage: localhost/shop:1\n"
              "resources: {requests: {cpu: 100m, memory: 128Mi}, limits: {memory: 256Mi}}\n");
        write("values.schema.json", R"({"type": "object", "required": ["store", "image"],
            "additionalProperties": false, "properties": {
            "store": {"type": "object", "properties": {"id": {"type": "string"}}},
            "replicas": {"type": "integer", "minimum": 0}, "image": {"type": "string"},
            "resources": {"type": "object"}}})");
        write("templates/_helpers.tpl", helpers);
        for (int i = 0; i < templates; ++i)
            write("templates/part-" + std::to_string(i) + ".yaml",
                  "{{- $part := \"part-" + std::to_string(i) + "\" }}\n" + workload);
    }
    ~GeneratedChart() { fs::remove_all(path_); }
    GeneratedChart(const GeneratedChart&) = delete;
    GeneratedChart& operator=(const GeneratedChart&) = delete;

    helm::RenderInput input() const {
        helm::RenderInput input;
        input.chart_path = path_.string();
        input.release_name = "store";
        input.release_namespace = "store-k3v9m2qa7x";
        input.values = {{"replicas", 3}};
        input.kube_version = "v1.36.3";
        return input;
    }

  private:
    static constexpr std::string_view helpers = R"({{- define "shop.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
storewright.dev/store: {{ .Values.store.id }}
{{- end }}
)";
    static const std::string workload;

    void write(const std::string& name, std::string_view content) const {
        fs::create_directories((path_ / name).parent_path());
        std::ofstream(path_ / name) << content;
    }

    fs::path path_;
};

const std::string GeneratedChart::workload = R"(apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-{{ $part }}
  labels: {{- include "shop.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels: {{- include "shop.labels" . | nindent 6 }}
  template:
    metadata:
      labels: {{- include "shop.labels" . | nindent 8 }}
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false
      securityContext:
        runAsNonRoot: true
        seccompProfile: {type: RuntimeDefault}
      containers:
        - name: {{ $part }}
          image: {{ .Values.image | quote }}
          ports: [{name: http, containerPort: 8080}]
          env:
            - {name: STORE, value: {{ .Values.store.name | quote }}}
          readinessProbe:
            httpGet: {path: /health, port: http}
          resources: {{- toYaml .Values.resources | nindent 12 }}
          securityContext:
            readOnlyRootFilesystem: true
            allowPrivilegeEscalation: false
            capabilities: {drop: [ALL]}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}-{{ $part }}
  labels: {{- include "shop.labels" . | nindent 4 }}
spec:
  selector: {{- include "shop.labels" . | nindent 4 }}
  ports: [{name: http, port: 80, targetPort: http}]
)";

template <typename T>
T value_or_exit(storewright::Result<T> result) {
    if (result) return *std::move(result);
    std::cerr << "helm_benchmark: " << result.error().message << '\n';
    std::exit(EXIT_FAILURE);
}

/// Resident memory of this process in MiB, as the kernel counts it.
double resident_mib() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) / 1024;
    return 0;
}

void render(benchmark::State& state) {
    const GeneratedChart chart(static_cast<int>(state.range(0)));
    const auto input = chart.input();
    for (auto _ : state) benchmark::DoNotOptimize(value_or_exit(helm::render(input)));
    state.counters["RSS_MiB"] = benchmark::Counter(resident_mib(), benchmark::Counter::kAvgThreads);
}
// All CPU of the process counts, so that what Go's collector does on other threads is seen.
BENCHMARK(render)->Arg(8)->Arg(24)->Iterations(1000)->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);
BENCHMARK(render)->Arg(24)->Iterations(1000)->Threads(4)->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);

helm::ReleaseRecord record_of(const GeneratedChart& chart) {
    auto rendering = value_or_exit(helm::render(chart.input()));
    helm::ReleaseRecord record;
    record.name = "store";
    record.namespace_ = "store-k3v9m2qa7x";
    record.values = chart.input().values;
    record.manifest = rendering.manifest;
    record.hooks = rendering.hooks;
    record.chart_path = chart.input().chart_path;
    return record;
}

void encode(benchmark::State& state) {
    const GeneratedChart chart(static_cast<int>(state.range(0)));
    const auto record = record_of(chart);
    std::size_t bytes = 0;
    for (auto _ : state)
        bytes = value_or_exit(helm::encode_release(record)).at("data").at("release").as_string().size();
    state.counters["secret_bytes"] = static_cast<double>(bytes);
}
BENCHMARK(encode)->Arg(8)->Arg(24)->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);

void supersede(benchmark::State& state) {
    const GeneratedChart chart(static_cast<int>(state.range(0)));
    const auto secret = value_or_exit(helm::encode_release(record_of(chart)));
    for (auto _ : state)
        benchmark::DoNotOptimize(value_or_exit(helm::with_state(secret, helm::ReleaseState::superseded)));
}
BENCHMARK(supersede)->Arg(24)->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
