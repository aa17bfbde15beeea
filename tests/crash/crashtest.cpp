// `storewright serve --role=controller` where every shop answers: there is no data plane behind
// kwok's pods. Usage: storewright-crashtest CONFIG KUBECONFIG

#include <cstdio>

#include "app/serve.hpp"

namespace {

using namespace storewright;

class EveryShopAnswers final : public app::Prober {
  public:
    Result<> probe(const app::ProbeTarget&) override { return {}; }
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: %s CONFIG KUBECONFIG\n", argv[0]);
        return 2;
    }
    const app::ServeOptions options{.config_path = argv[1],
                                    .kubeconfig = argv[2],
                                    .address = "127.0.0.1",
                                    .port = 0,
                                    .role = app::Role::controller};
    const auto ended = app::serve(options, std::make_unique<EveryShopAnswers>());
    if (ended) return 0;
    std::fprintf(stderr, "%s\n", ended.error().message.c_str());
    return 1;
}
