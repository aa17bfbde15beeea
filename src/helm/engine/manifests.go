package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	release "helm.sh/helm/v4/pkg/release/v1"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
	"sigs.k8s.io/yaml"
)

// manifest is one YAML document of a rendered template, also parsed.
type manifest struct {
	source string // the template's path, as in "# Source:"
	text   string
	object json.RawMessage // "null" for a document that holds only comments
}

// head is what Helm's sorting looks at in a document.
type head struct {
	APIVersion json.RawMessage `json:"apiVersion,omitempty"`
	Kind       json.RawMessage `json:"kind,omitempty"`
	Metadata   *headMetadata   `json:"metadata,omitempty"`
	Index      int             `json:"index"` // ours: which document it is the head of
}

type headMetadata struct {
	Name        json.RawMessage `json:"name,omitempty"`
	Annotations json.RawMessage `json:"annotations,omitempty"`
}

// sortManifests tells hooks from manifests and puts both in install order, as Helm does and by Helm's own code.
//
// Parsing YAML is half of the cost of a render, and Helm's SortManifests would parse every document a second time, only to
// look at its head. It gets the heads instead, each with the index of its document.
func sortManifests(files map[string]string) ([]*release.Hook, []manifest, error) {
	var documents []manifest
	heads := make(map[string]string, len(files))
	for _, source := range slices.Sorted(maps.Keys(files)) {
		var lines []string
		for _, text := range splitDocuments(files[source]) {
			object, err := yaml.YAMLToJSON([]byte(text))
			if err != nil {
				return nil, nil, invalid("%s renders to no valid YAML: %v", source, err)
			}
			line, err := headOf(object, len(documents))
			if err != nil {
				return nil, nil, invalid("%s renders to no Kubernetes object: %v", source, err)
			}
			lines = append(lines, line)
			documents = append(documents, manifest{source: source, text: text, object: object})
		}
		heads[source] = strings.Join(lines, "\n---\n")
	}

	hooks, sortedHeads, err := releaseutil.SortManifests(heads, nil, releaseutil.InstallOrder)
	if err != nil {
		return nil, nil, invalid("sorting the chart's manifests: %v", err)
	}
	sorted := make([]manifest, 0, len(sortedHeads))
	for _, one := range sortedHeads {
		index, err := indexIn(one.Content)
		if err != nil {
			return nil, nil, err
		}
		sorted = append(sorted, documents[index])
	}
	for _, hook := range hooks {
		index, err := indexIn(hook.Manifest)
		if err != nil {
			return nil, nil, err
		}
		hook.Manifest = documents[index].text
	}
	return hooks, sorted, nil
}

// splitDocuments splits as Helm splits, in the order of the file.
func splitDocuments(content string) []string {
	byKey := releaseutil.SplitManifests(content)
	keys := slices.Collect(maps.Keys(byKey))
	sort.Sort(releaseutil.BySplitManifestsOrder(keys))
	documents := make([]string, 0, len(keys))
	for _, key := range keys {
		documents = append(documents, byKey[key])
	}
	return documents
}

func headOf(object json.RawMessage, index int) (string, error) {
	var found head
	if err := json.Unmarshal(object, &found); err != nil {
		return "", err
	}
	found.Index = index
	line, err := json.Marshal(found)
	return string(line), err
}

func indexIn(line string) (int, error) {
	var found head
	if err := json.Unmarshal([]byte(line), &found); err != nil {
		return 0, fmt.Errorf("head of a manifest: %w", err)
	}
	return found.Index, nil
}

// join writes the manifests as Helm keeps them in a release.
func join(manifests []manifest) string {
	var all strings.Builder
	for _, one := range manifests {
		fmt.Fprintf(&all, "---\n# Source: %s\n%s\n", one.source, one.text)
	}
	return all.String()
}

// toObjects returns the parsed manifests, with lists flattened and documents that hold only comments left out.
func toObjects(manifests []manifest) ([]json.RawMessage, error) {
	objects := make([]json.RawMessage, 0, len(manifests))
	for _, one := range manifests {
		if string(one.object) == "null" {
			continue
		}
		var err error
		if objects, err = appendObject(objects, one.object, one.source); err != nil {
			return nil, err
		}
	}
	return objects, nil
}

func appendObject(objects []json.RawMessage, document json.RawMessage, source string) ([]json.RawMessage, error) {
	var object struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Metadata   struct {
			Name string `json:"name"`
		} `json:"metadata"`
		Items []json.RawMessage `json:"items"`
	}
	if err := json.Unmarshal(document, &object); err != nil {
		return nil, invalid("%s renders to no Kubernetes object: %v", source, err)
	}
	if object.Kind == "List" && object.APIVersion == "v1" {
		var err error
		for _, item := range object.Items {
			if objects, err = appendObject(objects, item, source); err != nil {
				return nil, err
			}
		}
		return objects, nil
	}
	if object.APIVersion == "" || object.Kind == "" || object.Metadata.Name == "" {
		return nil, invalid("%s renders to an object without apiVersion, kind or metadata.name", source)
	}
	return append(objects, document), nil
}
