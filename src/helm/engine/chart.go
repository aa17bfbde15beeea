package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sort"
	"strings"
	"time"

	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/ignore"
)

const (
	engineFile    = "engine.yaml"
	maxChartBytes = 16 << 20 // an engine chart is some 100 KiB; this only stops a wrong path from filling memory
	maxChartFiles = 4096
)

// loadedChart is a chart as read from its directory, shared by all renders and therefore never changed.
type loadedChart struct {
	chart      *chart.Chart
	digest     string // SHA-256 over the names and contents of all files, in hex
	engineYAML string
	schemas    schemaSet
}

// loadChart reads the chart that the listed files of root make up.
func loadChart(path string, root *os.Root, listing []fileStamp) (*loadedChart, error) {
	files, err := readFiles(root, listing)
	if err != nil {
		return nil, err
	}
	loaded := &loadedChart{digest: digestFiles(files)}
	for _, file := range files {
		if file.Name == engineFile {
			loaded.engineYAML = string(file.Data)
		}
	}
	if loaded.chart, err = loader.LoadFiles(files); err != nil {
		return nil, invalid("%s is no Helm chart: %v", path, err)
	}
	sortDependencies(loaded.chart)
	if err := checkInstallable(loaded.chart); err != nil {
		return nil, err
	}
	if loaded.schemas, err = compileSchemas(loaded.chart); err != nil {
		return nil, err
	}
	return loaded, nil
}

// readFiles reads what .helmignore leaves, in the order of the listing, as Helm's own directory loader does.
func readFiles(root *os.Root, listing []fileStamp) ([]*archive.BufferedFile, error) {
	rules, err := ignoreRules(root)
	if err != nil {
		return nil, err
	}
	var files []*archive.BufferedFile
	budget := int64(maxChartBytes)
	for _, entry := range listing {
		if ignored(rules, root, entry) {
			continue
		}
		data, err := readFile(root, entry.name, budget)
		if err != nil {
			return nil, err
		}
		budget -= int64(len(data))
		// Modification times are left out: a record of a release must not depend on when a chart was checked out.
		files = append(files, &archive.BufferedFile{Name: entry.name, Data: bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))})
	}
	return files, nil
}

func readFile(root *os.Root, name string, budget int64) ([]byte, error) {
	file, err := root.Open(name)
	if err != nil {
		return nil, invalid("reading chart file %s: %v", name, err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, budget+1))
	if err != nil {
		return nil, invalid("reading chart file %s: %v", name, err)
	}
	if int64(len(data)) > budget {
		return nil, invalid("the chart is larger than %d MiB (at %s): is the path right?", maxChartBytes>>20, name)
	}
	return data, nil
}

func ignoreRules(root *os.Root) (*ignore.Rules, error) {
	rules := ignore.Empty()
	data, err := readFile(root, ignore.HelmIgnore, maxChartBytes)
	if err == nil {
		if rules, err = ignore.Parse(bytes.NewReader(data)); err != nil {
			return nil, invalid("%s: %v", ignore.HelmIgnore, err)
		}
	} else if _, missing := root.Stat(ignore.HelmIgnore); !errors.Is(missing, fs.ErrNotExist) {
		return nil, err
	}
	rules.AddDefaults()
	return rules, nil
}

// ignored asks the rules about the file and each folder above it, as walking down from the top would.
func ignored(rules *ignore.Rules, root *os.Root, entry fileStamp) bool {
	for at := 0; ; {
		next := strings.IndexByte(entry.name[at:], '/')
		if next < 0 {
			return rules.Ignore(entry.name, entry.info)
		}
		at += next
		folder := entry.name[:at]
		if info, err := root.Stat(folder); err == nil && rules.Ignore(folder, info) {
			return true
		}
		at++
	}
}

func digestFiles(files []*archive.BufferedFile) string {
	hash := sha256.New()
	add := func(bytes []byte) {
		_ = binary.Write(hash, binary.BigEndian, uint64(len(bytes))) // so that no two lists of files run together alike
		hash.Write(bytes)
	}
	for _, file := range files {
		add([]byte(file.Name))
		add(file.Data)
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// checkInstallable refuses what `helm install` refuses, and CRDs, which `helm install` would apply and we do not.
func checkInstallable(c *chart.Chart) error {
	if c.Metadata.Type != "" && c.Metadata.Type != "application" {
		return invalid("chart %s is of type %s: only application charts can be installed", c.Name(), c.Metadata.Type)
	}
	if len(c.CRDObjects()) > 0 {
		return invalid("chart %s has a crds/ folder: a store's chart may only hold namespaced objects", c.Name())
	}
	present := map[string]bool{}
	for _, dependency := range c.Dependencies() {
		present[dependency.Name()] = true
	}
	for _, wanted := range c.Metadata.Dependencies {
		if !present[wanted.Name] {
			return invalid("chart %s depends on %s, which its charts/ folder lacks: run `helm dependency build`",
				c.Name(), wanted.Name)
		}
	}
	return nil
}

// sortDependencies puts subcharts in the order of their names: Helm loads them in the order of a Go map.
func sortDependencies(c *chart.Chart) {
	dependencies := c.Dependencies()
	sort.SliceStable(dependencies, func(i, j int) bool { return dependencies[i].Name() < dependencies[j].Name() })
	for _, dependency := range dependencies {
		sortDependencies(dependency)
	}
}

// cloneChart copies what Helm's ProcessDependencies changes: metadata, values (replaced, not changed within), and the
// tree of subcharts. Templates and files are shared.
func cloneChart(original *chart.Chart) *chart.Chart {
	clone := *original
	metadata := *original.Metadata
	metadata.Dependencies = nil
	for _, dependency := range original.Metadata.Dependencies {
		copied := *dependency
		metadata.Dependencies = append(metadata.Dependencies, &copied)
	}
	clone.Metadata = &metadata
	clone.SetDependencies()
	for _, dependency := range original.Dependencies() {
		clone.AddDependency(cloneChart(dependency))
	}
	return &clone
}

// fileStamp identifies one state of a file without reading it.
type fileStamp struct {
	name    string
	info    fs.FileInfo
	inode   uint64
	changed time.Time // inode change time: set by every write, rename and chmod, and not settable
}

func (s fileStamp) same(other fileStamp) bool {
	return s.name == other.name && s.inode == other.inode && s.changed.Equal(other.changed) &&
		s.info.Size() == other.info.Size()
}

// listFiles lists the regular files below root in lexical order. A symbolic link is refused: it could lead out of the
// chart, and what it leads to changes unseen.
func listFiles(path string, root *os.Root) ([]fileStamp, error) {
	var listing []fileStamp
	err := fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			return fmt.Errorf("%s is not a regular file: a chart may hold no links, devices or sockets", name)
		}
		if len(listing) >= maxChartFiles {
			return fmt.Errorf("more than %d files: is the path right?", maxChartFiles)
		}
		listing = append(listing, newFileStamp(name, info))
		return nil
	})
	if err != nil {
		return nil, invalid("reading chart %s: %v", path, err)
	}
	return listing, nil
}
