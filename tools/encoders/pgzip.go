// klauspost's pgzip: the stream that podman, buildah and skopeo write.
package main

import (
	"io"

	"github.com/klauspost/pgzip"
)

func newWriter(output io.Writer, level int) (io.WriteCloser, error) {
	return pgzip.NewWriterLevel(output, level)
}
