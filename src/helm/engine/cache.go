package main

import (
	"os"
	"slices"
	"sync"
)

// chartCache keeps the newest state of each chart directory in memory. Every use lists the directory's files and
// compares size, inode and change time, so an edited chart is seen by the next call and an unchanged one is not read
// again. (Two edits of the same length within one tick of the kernel's clock, 4 ms, look like one.)
type chartCache struct {
	mutex  sync.Mutex
	charts map[string]*cachedChart
}

type cachedChart struct {
	mutex   sync.Mutex // held while loading, so that a changed chart is loaded once and not by every waiting render
	listing []fileStamp
	loaded  *loadedChart
}

var charts = chartCache{charts: map[string]*cachedChart{}}

// get returns the chart in the directory as it is now.
func (c *chartCache) get(path string) (*loadedChart, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, invalid("opening chart directory: %v", err)
	}
	defer root.Close()
	// The listing is taken before the files are read: a file that changes in between is noticed by the next call.
	listing, err := listFiles(path, root)
	if err != nil {
		return nil, err
	}

	cached := c.entry(path)
	cached.mutex.Lock()
	defer cached.mutex.Unlock()
	if cached.loaded != nil && slices.EqualFunc(cached.listing, listing, fileStamp.same) {
		return cached.loaded, nil
	}
	loaded, err := loadChart(path, root, listing)
	if err != nil {
		return nil, err
	}
	cached.listing, cached.loaded = listing, loaded
	return loaded, nil
}

func (c *chartCache) entry(path string) *cachedChart {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	cached, known := c.charts[path]
	if !known {
		cached = &cachedChart{}
		c.charts[path] = cached
	}
	return cached
}
