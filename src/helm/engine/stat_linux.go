package main

import (
	"io/fs"
	"syscall"
	"time"
)

func newFileStamp(name string, info fs.FileInfo) fileStamp {
	stamp := fileStamp{name: name, info: info}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		stamp.inode = stat.Ino
		stamp.changed = time.Unix(stat.Ctim.Unix())
	}
	return stamp
}
