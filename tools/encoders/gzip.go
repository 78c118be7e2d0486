// Go's compress/gzip of the release it is built with: the stream that dockerd, containerd and BuildKit store.
package main

import (
	"compress/gzip"
	"io"
)

func newWriter(output io.Writer, level int) (io.WriteCloser, error) {
	return gzip.NewWriterLevel(output, level)
}
