package main

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	chart "helm.sh/helm/v4/pkg/chart/v2"
)

const (
	schemaURL         = "file:///values.schema.json" // the name under which Helm compiles it too
	maxShownMistakes  = 5
	wholeValuesObject = "values"
)

// schemaSet holds the compiled values.schema.json of a chart and its subcharts, by its text.
//
// Helm has the same validator, but compiles the schema anew for every render, resolves references to files and over
// HTTP, and reports as text. Here a reference out of the schema is an error, and mistakes come with their path.
type schemaSet map[string]*jsonschema.Schema

// sealed is the loader for references out of a schema: there are none.
type sealed struct{}

func (sealed) Load(url string) (any, error) {
	return nil, fmt.Errorf("reference to %s: a chart's schema must be self-contained", url)
}

func compileSchemas(root *chart.Chart) (schemaSet, error) {
	schemas := schemaSet{}
	return schemas, schemas.add(root)
}

func (s schemaSet) add(c *chart.Chart) error {
	if c.Schema != nil {
		schema, err := compileSchema(c.Schema)
		if err != nil {
			return invalid("values.schema.json of chart %s: %v", c.Name(), err)
		}
		s[string(c.Schema)] = schema
	}
	for _, dependency := range c.Dependencies() {
		if err := s.add(dependency); err != nil {
			return err
		}
	}
	return nil
}

func compileSchema(text []byte) (*jsonschema.Schema, error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(sealed{})
	if err := compiler.AddResource(schemaURL, document); err != nil {
		return nil, err
	}
	return compiler.Compile(schemaURL)
}

// mistake is one value that breaks the schema.
type mistake struct {
	path    []string
	text    string
	missing bool
}

func (m mistake) field() string {
	if len(m.path) == 0 {
		return wholeValuesObject
	}
	return strings.Join(m.path, ".")
}

// check holds the coalesced values against the schemas of the chart and its subcharts.
func (s schemaSet) check(c *chart.Chart, values map[string]any) error {
	return refusal(c, s.mistakes(c, values, nil))
}

func refusal(c *chart.Chart, mistakes []mistake) error {
	if len(mistakes) == 0 {
		return nil
	}
	var shown []string
	for _, one := range mistakes[:min(len(mistakes), maxShownMistakes)] {
		shown = append(shown, one.field()+": "+one.text)
	}
	if more := len(mistakes) - len(shown); more > 0 {
		shown = append(shown, "and "+strconv.Itoa(more)+" more")
	}
	return &callError{
		Code:    "invalid_argument",
		Message: oneLine(fmt.Sprintf("values refused by the schema of chart %s: %s", c.Name(), strings.Join(shown, "; "))),
		Field:   mistakes[0].field(),
	}
}

func (s schemaSet) mistakes(c *chart.Chart, values map[string]any, path []string) []mistake {
	var found []mistake
	if schema := s[string(c.Schema)]; schema != nil {
		if failed, ok := errors.AsType[*jsonschema.ValidationError](schema.Validate(values)); ok {
			found = appendLeaves(found, failed, path)
		}
	}
	for _, dependency := range c.Dependencies() {
		below := append(append([]string{}, path...), dependency.Name())
		switch given := values[dependency.Name()].(type) {
		case nil: // nothing is set for this subchart
		case map[string]any:
			found = append(found, s.mistakes(dependency, given, below)...)
		default:
			found = append(found, mistake{path: below, text: "must be an object, the values of a subchart"})
		}
	}
	return found
}

// appendLeaves flattens the validator's tree of causes to the mistakes at its leaves.
func appendLeaves(found []mistake, failed *jsonschema.ValidationError, path []string) []mistake {
	if len(failed.Causes) > 0 {
		for _, cause := range failed.Causes {
			found = appendLeaves(found, cause, path)
		}
		return found
	}
	at := append(append([]string{}, path...), failed.InstanceLocation...)
	below := func(name string) []string { return append(append([]string{}, at...), name) }
	switch reason := failed.ErrorKind.(type) {
	case *kind.AdditionalProperties:
		for _, name := range reason.Properties {
			found = append(found, mistake{path: below(name), text: "is not a known value"})
		}
	case *kind.Required:
		for _, name := range reason.Missing {
			found = append(found, mistake{path: below(name), text: "is required", missing: true})
		}
	case *kind.FalseSchema:
		found = append(found, mistake{path: at, text: "is not allowed"})
	default:
		english := message.NewPrinter(language.English)
		found = append(found, mistake{path: at, text: failed.ErrorKind.LocalizedString(english)})
	}
	return found
}

// checkDefaults holds values.yaml alone against the schema. What is missing or empty there stands for a value to be
// given, so only what is present can be wrong.
func (s schemaSet) checkDefaults(c *chart.Chart, values map[string]any) error {
	var wrong []mistake
	for _, one := range s.mistakes(c, values, nil) {
		if !one.missing && !isEmptyAt(values, one.path) {
			wrong = append(wrong, one)
		}
	}
	return refusal(c, wrong)
}

func isEmptyAt(values any, path []string) bool {
	for _, name := range path {
		switch container := values.(type) {
		case map[string]any:
			values = container[name]
		case []any:
			index, err := strconv.Atoi(name)
			if err != nil || index < 0 || index >= len(container) {
				return false
			}
			values = container[index]
		default:
			return false
		}
	}
	if values == nil {
		return true
	}
	switch value := reflect.ValueOf(values); value.Kind() {
	case reflect.String, reflect.Map, reflect.Slice:
		return value.Len() == 0
	default:
		return false
	}
}
