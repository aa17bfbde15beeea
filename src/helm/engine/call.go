package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
)

// operations are the functions behind the border, by the name that a request gives in "op".
var operations = map[string]func(request []byte) (any, error){
	"inspect":    typed(inspect),
	"render":     typed(render),
	"encode":     typed(encodeRelease),
	"decode":     typed(decodeRelease),
	"with_state": typed(withState),
}

// callError is an error that the caller can act upon. Every other error is a defect of ours ("internal").
type callError struct {
	Code    string `json:"code"` // a name of storewright::ErrorCode
	Message string `json:"message"`
	Field   string `json:"field,omitempty"` // the value it is about, as a dotted path
}

func (e *callError) Error() string { return e.Message }

// invalid makes the error for input that is wrong: a chart, a value, a record.
func invalid(format string, arguments ...any) error {
	return &callError{Code: "invalid_argument", Message: oneLine(fmt.Sprintf(format, arguments...))}
}

// oneLine joins Helm's multi-line messages, since ours are single lines in logs and API problems.
func oneLine(message string) string {
	return strings.Join(strings.Fields(message), " ")
}

// call runs one request. It never panics: a panic in Helm, or in a template function, becomes an internal error.
func call(request []byte) (response []byte) {
	defer func() {
		if cause := recover(); cause != nil {
			response = failure(fmt.Errorf("panic in the Helm engine: %v\n%s", cause, debug.Stack()))
		}
	}()

	var head struct {
		Op string `json:"op"`
	}
	if err := json.Unmarshal(request, &head); err != nil {
		return failure(fmt.Errorf("request is not JSON: %w", err))
	}
	operation, known := operations[head.Op]
	if !known {
		return failure(fmt.Errorf("unknown operation %q", head.Op))
	}
	result, err := operation(request)
	if err != nil {
		return failure(err)
	}
	response, err = encodeJSON(map[string]any{"result": result})
	if err != nil {
		return failure(fmt.Errorf("encoding the result of %s: %w", head.Op, err))
	}
	return response
}

// typed adapts a function over its own request type to one over JSON.
func typed[Request, Result any](function func(Request) (Result, error)) func([]byte) (any, error) {
	return func(bytes []byte) (any, error) {
		var request Request
		if err := json.Unmarshal(bytes, &request); err != nil {
			return nil, invalid("malformed request: %v", err)
		}
		return function(request)
	}
}

func failure(err error) []byte {
	answer, known := errors.AsType[*callError](err)
	if !known {
		answer = &callError{Code: "internal", Message: oneLine(err.Error())}
	}
	// A struct of three strings always encodes.
	response, _ := encodeJSON(map[string]any{"error": answer})
	return response
}

// encodeJSON leaves <, > and & as they are: manifests are full of them, and no browser reads this.
func encodeJSON(value any) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return buffer.Bytes(), nil
}
