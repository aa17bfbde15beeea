// Package main is Helm's own engine as a C archive: pure functions over charts and release records.
//
// Nothing in it talks to a network or a cluster, starts a process, reads the environment, or reads a file
// outside the chart directory it is given. The C++ face is helm/helm.hpp; README.md in the folder above says why the
// border looks as it does.
package main

/*
#include <stdlib.h>
*/
import "C"

import (
	"io"
	"log"
	"log/slog"
	"runtime/debug"
	"unsafe"
)

// The controller's whole memory budget is 128 MiB. Charts and schemas keep a few MiB alive here, and a render makes
// about 2 MiB of garbage, so the collector runs when the heap has tripled (measured: see helm_benchmark), and
// more often as the heap nears the limit. The limit is soft: a huge chart still renders, only slower.
const (
	heapGrowthPercent = 200
	heapLimitBytes    = 48 << 20
)

func init() {
	debug.SetGCPercent(heapGrowthPercent)
	debug.SetMemoryLimit(heapLimitBytes)
	// Helm warns through the default loggers, which write to the program's stderr past its own log. What matters
	// comes back as an error; chart authors see the warnings from `helm lint`.
	log.SetOutput(io.Discard)
	slog.SetDefault(slog.New(slog.DiscardHandler))
}

// helm_engine_call answers one JSON request with one JSON response, whose length it stores in *responseSize. The
// caller owns the response and gives it back to helm_engine_free. Safe to call from any thread.
//
//export helm_engine_call
func helm_engine_call(request *C.char, requestSize C.size_t, responseSize *C.size_t) *C.char {
	response := call(unsafe.Slice((*byte)(unsafe.Pointer(request)), int(requestSize)))
	*responseSize = C.size_t(len(response))
	return (*C.char)(C.CBytes(response))
}

//export helm_engine_free
func helm_engine_free(response *C.char) {
	C.free(unsafe.Pointer(response))
}

// main is never called: an archive needs it to link.
func main() {}
