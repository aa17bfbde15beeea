// Command sdk-reconciler is what an operator around the Helm SDK would be, at its smallest: a controller-runtime reconciler that installs
// a chart for each request and says in the request that it did. A peer in bench/apply.
//
// A request is a ConfigMap with the label bench.storewright.dev/install; data.namespace is where to install and data.values are the
// chart's values as JSON. When the release is there, the annotation bench.storewright.dev/applied is set.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"

	"github.com/go-logr/logr"
	"helm.sh/helm/v4/pkg/action"
	"helm.sh/helm/v4/pkg/chart"
	"helm.sh/helm/v4/pkg/chart/loader"
	"helm.sh/helm/v4/pkg/kube"
	"helm.sh/helm/v4/pkg/storage/driver"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	corev1 "k8s.io/api/core/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	runtime "sigs.k8s.io/controller-runtime/pkg/manager"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
)

const (
	requestLabel      = "bench.storewright.dev/install"
	appliedAnnotation = "bench.storewright.dev/applied"
	releaseName       = "store"
	userAgent         = "sdk-reconciler"
	concurrency       = 10
)

func main() {
	kubeconfig := flag.String("config", "", "path of the kubeconfig")
	chartPath := flag.String("chart", "", "path of the chart")
	namespace := flag.String("namespace", "", "where requests are made")
	flag.Parse()
	if err := run(*kubeconfig, *chartPath, *namespace); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(kubeconfig, chartPath, namespace string) error {
	ctrl.SetLogger(logr.FromSlogHandler(slog.DiscardHandler))
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	config.UserAgent = userAgent
	config.QPS, config.Burst = -1, -1 // the API server's own flow control decides, as for the other contestants
	loaded, err := loader.Load(chartPath)
	if err != nil {
		return fmt.Errorf("loading the chart %s: %w", chartPath, err)
	}
	getter, err := newClientGetter(config)
	if err != nil {
		return err
	}
	manager, err := ctrl.NewManager(config, ctrl.Options{
		Metrics: metricsserver.Options{BindAddress: "0"},
		Cache:   cache.Options{DefaultNamespaces: map[string]cache.Config{namespace: {}}},
	})
	if err != nil {
		return err
	}
	requests := predicate.NewPredicateFuncs(func(object client.Object) bool {
		_, asked := object.GetLabels()[requestLabel]
		return asked
	})
	err = ctrl.NewControllerManagedBy(manager).
		For(&corev1.ConfigMap{}, builder.WithPredicates(requests)).
		WithOptions(controller.Options{MaxConcurrentReconciles: concurrency}).
		Complete(&installer{client: manager.GetClient(), getter: getter, chart: loaded})
	if err != nil {
		return err
	}
	err = manager.Add(runtime.RunnableFunc(func(ctx context.Context) error {
		if manager.GetCache().WaitForCacheSync(ctx) {
			fmt.Println("ready")
		}
		return nil
	}))
	if err != nil {
		return err
	}
	return manager.Start(ctrl.SetupSignalHandler())
}

type installer struct {
	client client.Client
	getter *clientGetter
	chart  chart.Charter
}

func (i *installer) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	var asked corev1.ConfigMap
	if err := i.client.Get(ctx, request.NamespacedName, &asked); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if asked.Annotations[appliedAnnotation] != "" {
		return ctrl.Result{}, nil
	}
	if err := i.install(ctx, &asked); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", request.Name, err)
		return ctrl.Result{}, err
	}
	before := client.MergeFrom(asked.DeepCopy())
	if asked.Annotations == nil {
		asked.Annotations = map[string]string{}
	}
	asked.Annotations[appliedAnnotation] = "true"
	return ctrl.Result{}, i.client.Patch(ctx, &asked, before)
}

func (i *installer) install(ctx context.Context, asked *corev1.ConfigMap) error {
	var values map[string]any
	if err := json.Unmarshal([]byte(asked.Data["values"]), &values); err != nil {
		return fmt.Errorf("data.values: %w", err)
	}
	namespace := asked.Data["namespace"]
	configuration := action.NewConfiguration(action.ConfigurationSetLogger(slog.DiscardHandler))
	if err := configuration.Init(i.getter.in(namespace), namespace, "secret"); err != nil {
		return err
	}
	switch _, err := configuration.Releases.Last(releaseName); {
	case err == nil:
		return nil // by an attempt of which the annotation was lost
	case !errors.Is(err, driver.ErrReleaseNotFound):
		return err
	}
	install := action.NewInstall(configuration)
	install.ReleaseName, install.Namespace, install.CreateNamespace = releaseName, namespace, true
	install.WaitStrategy = kube.HookOnlyStrategy
	_, err := install.RunWithContext(ctx, i.chart, values)
	return err
}

// clientGetter gives Helm clients that share one discovery cache and one set of connections, as a long-lived process would.
type clientGetter struct {
	config    *rest.Config
	discovery discovery.CachedDiscoveryInterface
	mapper    meta.RESTMapper
	namespace string
}

func newClientGetter(config *rest.Config) (*clientGetter, error) {
	found, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, err
	}
	cached := memory.NewMemCacheClient(found)
	return &clientGetter{config: config, discovery: cached, mapper: restmapper.NewDeferredDiscoveryRESTMapper(cached)}, nil
}

func (g *clientGetter) in(namespace string) *clientGetter {
	there := *g
	there.namespace = namespace
	return &there
}

func (g *clientGetter) ToRESTConfig() (*rest.Config, error) { return rest.CopyConfig(g.config), nil }

func (g *clientGetter) ToDiscoveryClient() (discovery.CachedDiscoveryInterface, error) {
	return g.discovery, nil
}

func (g *clientGetter) ToRESTMapper() (meta.RESTMapper, error) { return g.mapper, nil }

func (g *clientGetter) ToRawKubeConfigLoader() clientcmd.ClientConfig {
	return clientcmd.NewDefaultClientConfig(*clientcmdapi.NewConfig(),
		&clientcmd.ConfigOverrides{Context: clientcmdapi.Context{Namespace: g.namespace}})
}
