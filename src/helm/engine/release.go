package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"

	chart "helm.sh/helm/v4/pkg/chart/v2"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/release/common"
	release "helm.sh/helm/v4/pkg/release/v1"
)

// Helm keeps a release as gzipped JSON, in base64, under one key of a Secret. Its code for that is private to a package
// that brings SQL drivers and a Kubernetes client, so the envelope is written here; what is in it are Helm's own types.
const (
	secretType    = "helm.sh/release.v1"
	secretKey     = "release"
	secretLimit   = 1 << 20  // of Kubernetes, for the data of a Secret
	decodedLimit  = 64 << 20 // a Secret of 1 MiB that unpacks to more is no release
	timePrecision = "2006-01-02T15:04:05.000Z"
)

type record struct {
	Name          string          `json:"name"`
	Namespace     string          `json:"namespace"`
	Revision      int             `json:"revision"`
	State         common.Status   `json:"state"`
	Description   string          `json:"description"`
	FirstDeployed time.Time       `json:"first_deployed"`
	LastDeployed  time.Time       `json:"last_deployed"`
	Values        map[string]any  `json:"values"`
	Manifest      string          `json:"manifest"`
	Hooks         []*release.Hook `json:"hooks"`
	Notes         string          `json:"notes"`
	ChartPath     string          `json:"chart_path"`
}

// secret is the part of a Kubernetes Secret that a release record needs.
type secret struct {
	APIVersion string            `json:"apiVersion"`
	Kind       string            `json:"kind"`
	Metadata   secretMetadata    `json:"metadata"`
	Type       string            `json:"type"`
	Data       map[string][]byte `json:"data"`
}

type secretMetadata struct {
	Name      string            `json:"name"`
	Namespace string            `json:"namespace"`
	Labels    map[string]string `json:"labels"`
}

func encodeRelease(request record) (*secret, error) {
	recorded, err := recordedChart(request.ChartPath, request.Values)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(&release.Release{
		Name: request.Name, Namespace: request.Namespace, Version: request.Revision,
		Chart: recorded, Config: request.Values, Manifest: request.Manifest, Hooks: request.Hooks,
		ApplyMethod: string(release.ApplyMethodServerSideApply),
		Info: &release.Info{
			FirstDeployed: request.FirstDeployed.UTC(), LastDeployed: request.LastDeployed.UTC(),
			Description: request.Description, Status: request.State, Notes: request.Notes,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("encoding release %s: %w", request.Name, err)
	}
	data, err := pack(request.Name, body)
	if err != nil {
		return nil, err
	}
	return &secret{
		APIVersion: "v1", Kind: "Secret", Type: secretType,
		Metadata: secretMetadata{
			Name:      fmt.Sprintf("sh.helm.release.v1.%s.v%d", request.Name, request.Revision),
			Namespace: request.Namespace,
			Labels: map[string]string{
				"name": request.Name, "owner": "helm", "status": request.State.String(),
				"version":    strconv.Itoa(request.Revision),
				"modifiedAt": strconv.FormatInt(request.LastDeployed.Unix(), 10),
			},
		},
		Data: map[string][]byte{secretKey: data},
	}, nil
}

// recordedChart is the chart as a release keeps it: metadata and default values, which list, get, history and upgrade
// --reuse-values read. No command of Helm reads templates, files or the schema of a recorded chart, and they would be
// most of the record, in every store and every revision; name, version and digest say which chart it was.
func recordedChart(path string, values map[string]any) (*chart.Chart, error) {
	loaded, err := charts.get(path)
	if err != nil {
		return nil, err
	}
	own := cloneChart(loaded.chart)
	if err := chartutil.ProcessDependencies(own, values); err != nil {
		return nil, invalid("subcharts of %s: %v", own.Name(), err)
	}
	own.Templates, own.Files, own.Schema = nil, nil, nil
	return own, nil
}

// packed is the payload of a release's Secret.
type packed struct {
	Secret  string `json:"secret"`  // the Secret's name, for messages
	Release []byte `json:"release"` // its data under secretKey, in base64 as Kubernetes gives it
}

func decodeRelease(given packed) (*record, error) {
	body, err := unpack(given)
	if err != nil {
		return nil, err
	}
	var decoded release.Release
	if err := json.Unmarshal(body, &decoded); err != nil {
		return nil, invalid("Secret %s holds no Helm release: %v", given.Secret, err)
	}
	if decoded.Info == nil {
		return nil, invalid("Secret %s holds a Helm release without its status", given.Secret)
	}
	hooks := decoded.Hooks
	if hooks == nil {
		hooks = []*release.Hook{}
	}
	return &record{
		Name: decoded.Name, Namespace: decoded.Namespace, Revision: decoded.Version,
		State: decoded.Info.Status, Description: decoded.Info.Description,
		FirstDeployed: decoded.Info.FirstDeployed, LastDeployed: decoded.Info.LastDeployed,
		Values: decoded.Config, Manifest: decoded.Manifest, Hooks: hooks, Notes: decoded.Info.Notes,
	}, nil
}

// MarshalJSON writes times in UTC with milliseconds: Helm's have the local zone and nanoseconds.
func (r record) MarshalJSON() ([]byte, error) {
	type plain record
	values := r.Values
	if values == nil {
		values = map[string]any{}
	}
	return json.Marshal(struct {
		plain
		FirstDeployed string         `json:"first_deployed"`
		LastDeployed  string         `json:"last_deployed"`
		Values        map[string]any `json:"values"`
	}{
		plain(r), r.FirstDeployed.UTC().Format(timePrecision), r.LastDeployed.UTC().Format(timePrecision), values,
	})
}

type withStateRequest struct {
	packed
	State common.Status `json:"state"`
}

// withState changes the status and nothing else: fields that this version of Helm does not know survive.
func withState(request withStateRequest) (*packed, error) {
	body, err := unpack(request.packed)
	if err != nil {
		return nil, err
	}
	var fields, info map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return nil, invalid("Secret %s holds no Helm release: %v", request.Secret, err)
	}
	if err := json.Unmarshal(fields["info"], &info); err != nil || info == nil {
		return nil, invalid("Secret %s holds a Helm release without its status", request.Secret)
	}
	info["status"] = json.RawMessage(strconv.Quote(request.State.String()))
	if fields["info"], err = encodeJSON(info); err != nil {
		return nil, fmt.Errorf("encoding release status: %w", err)
	}
	if body, err = encodeJSON(fields); err != nil {
		return nil, fmt.Errorf("encoding release: %w", err)
	}
	data, err := pack(request.Secret, body)
	if err != nil {
		return nil, err
	}
	return &packed{Secret: request.Secret, Release: data}, nil
}

// compressors are kept between records: one is 800 kB, and would be most of what a record takes of the memory.
var compressors = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// pack gzips and base64-encodes; the JSON of a Secret then encodes once more. The name is for messages.
func pack(name string, body []byte) ([]byte, error) {
	var compressed bytes.Buffer
	writer := compressors.Get().(*gzip.Writer)
	defer compressors.Put(writer)
	writer.Reset(&compressed)
	if _, err := writer.Write(body); err != nil {
		return nil, fmt.Errorf("compressing release %s: %w", name, err)
	}
	if err := writer.Close(); err != nil {
		return nil, fmt.Errorf("compressing release %s: %w", name, err)
	}
	data := make([]byte, base64.StdEncoding.EncodedLen(compressed.Len()))
	base64.StdEncoding.Encode(data, compressed.Bytes())
	if len(data) > secretLimit {
		return nil, invalid("the record of release %s takes %d bytes, and a Kubernetes Secret holds %d: "+
			"make the chart's manifests or values smaller", name, len(data), secretLimit)
	}
	return data, nil
}

func unpack(given packed) ([]byte, error) {
	name := given.Secret
	compressed, err := base64.StdEncoding.DecodeString(string(given.Release))
	if err != nil {
		return nil, invalid("Secret %s holds no Helm release: key %q is not base64", name, secretKey)
	}
	reader, err := gzip.NewReader(bytes.NewReader(compressed))
	if err != nil {
		return nil, invalid("Secret %s holds no Helm release: key %q is not gzip", name, secretKey)
	}
	defer reader.Close()
	body, err := io.ReadAll(io.LimitReader(reader, decodedLimit+1))
	if err != nil {
		return nil, invalid("Secret %s holds a damaged Helm release: %v", name, err)
	}
	if len(body) > decodedLimit {
		return nil, invalid("Secret %s unpacks to more than %d MiB: no Helm release", name, decodedLimit>>20)
	}
	return body, nil
}
