package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
	release "helm.sh/helm/v4/pkg/release/v1"
)

type inspectRequest struct {
	ChartPath string `json:"chart_path"`
}

type chartInfo struct {
	Name       string `json:"name"`
	Version    string `json:"version"`
	AppVersion string `json:"app_version"`
	Digest     string `json:"digest"`
	EngineYAML string `json:"engine_yaml"`
}

func inspect(request inspectRequest) (*chartInfo, error) {
	loaded, err := charts.get(request.ChartPath)
	if err != nil {
		return nil, err
	}
	defaults, err := util.CoalesceValues(loaded.chart, nil)
	if err != nil {
		return nil, invalid("values.yaml of chart %s: %v", loaded.chart.Name(), err)
	}
	if err := loaded.schemas.checkDefaults(loaded.chart, defaults); err != nil {
		return nil, err
	}
	metadata := loaded.chart.Metadata
	return &chartInfo{
		Name: metadata.Name, Version: metadata.Version, AppVersion: metadata.AppVersion,
		Digest: loaded.digest, EngineYAML: loaded.engineYAML,
	}, nil
}

type renderRequest struct {
	ChartPath   string         `json:"chart_path"`
	Name        string         `json:"release_name"`
	Namespace   string         `json:"release_namespace"`
	Values      map[string]any `json:"values"`
	KubeVersion string         `json:"kube_version"`
	Revision    int            `json:"revision"`
	IsUpgrade   bool           `json:"is_upgrade"`
}

type rendering struct {
	Objects  []json.RawMessage `json:"objects"`
	Manifest string            `json:"manifest"`
	Hooks    []*release.Hook   `json:"hooks"`
	Notes    string            `json:"notes"`
}

// render does what the install and upgrade actions of Helm do up to the point where they talk to a cluster.
func render(request renderRequest) (*rendering, error) {
	if err := chartutil.ValidateReleaseName(request.Name); err != nil {
		return nil, invalid("release name %q: %v", request.Name, err)
	}
	loaded, err := charts.get(request.ChartPath)
	if err != nil {
		return nil, err
	}
	own := cloneChart(loaded.chart)
	values, err := renderValues(own, loaded.schemas, request)
	if err != nil {
		return nil, err
	}
	// The zero Engine has no cluster for `lookup`, which then finds nothing, and no DNS for `getHostByName`.
	files, err := engine.Engine{}.RenderWithContext(context.Background(), own, values)
	if err != nil {
		return nil, invalid("rendering chart %s: %v", own.Name(), err)
	}
	notes := takeNotes(own, files)
	hooks, manifests, err := sortManifests(files)
	if err != nil {
		return nil, err
	}
	objects, err := toObjects(manifests)
	if err != nil {
		return nil, err
	}
	if hooks == nil {
		hooks = []*release.Hook{}
	}
	return &rendering{Objects: objects, Manifest: join(manifests), Hooks: hooks, Notes: notes}, nil
}

// renderValues switches subcharts on or off, and makes the top-level object that templates see.
func renderValues(own *chart.Chart, schemas schemaSet, request renderRequest) (common.Values, error) {
	if err := chartutil.ProcessDependencies(own, request.Values); err != nil {
		return nil, invalid("subcharts of %s: %v", own.Name(), err)
	}
	capabilities, err := capabilitiesOf(own, request.KubeVersion)
	if err != nil {
		return nil, err
	}
	options := common.ReleaseOptions{
		Name: request.Name, Namespace: request.Namespace, Revision: request.Revision,
		IsUpgrade: request.IsUpgrade, IsInstall: !request.IsUpgrade,
	}
	const skipHelmsSchemaCheck = true // ours follows: it cannot leave the chart
	top, err := util.ToRenderValuesWithSchemaValidation(own, request.Values, options, capabilities, skipHelmsSchemaCheck)
	if err != nil {
		return nil, invalid("values for chart %s: %v", own.Name(), err)
	}
	values, err := top.Table("Values")
	if err != nil {
		return nil, fmt.Errorf("values of chart %s: %w", own.Name(), err)
	}
	return top, schemas.check(own, values)
}

func capabilitiesOf(own *chart.Chart, kubeVersion string) (*common.Capabilities, error) {
	version, err := common.ParseKubeVersion(kubeVersion)
	if err != nil {
		return nil, invalid("Kubernetes version %q: %v", kubeVersion, err)
	}
	wanted := own.Metadata.KubeVersion
	if wanted != "" && !chartutil.IsCompatibleRange(wanted, version.String()) {
		return nil, invalid("chart %s needs Kubernetes %s, and this is %s", own.Name(), wanted, version.Version)
	}
	capabilities := common.DefaultCapabilities.Copy()
	capabilities.KubeVersion = *version
	return capabilities, nil
}

// takeNotes removes every NOTES.txt from the rendered files and returns the chart's own.
func takeNotes(own *chart.Chart, files map[string]string) string {
	const notesFile = "NOTES.txt"
	notes := files[path.Join(own.Name(), "templates", notesFile)]
	for name := range files {
		if strings.HasSuffix(name, notesFile) {
			delete(files, name)
		}
	}
	return notes
}
