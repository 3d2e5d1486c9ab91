package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// Assets are the stylesheet, the scripts and the pictures, each at a path that
// changes with its content, so that browsers can keep them for ever.
type Assets struct {
	prefix string
	paths  map[string]string // path by name
	files  map[string]asset  // by path
}

type asset struct {
	mediaType    string
	plain, small []byte // small is plain compressed by gzip
}

// LoadAssets reads a folder; prefix is where its files are served
// ("/assets/").
func LoadAssets(files fs.FS, folder, prefix string) (*Assets, error) {
	a := &Assets{prefix: prefix, paths: map[string]string{}, files: map[string]asset{}}
	entries, err := fs.ReadDir(files, folder)
	if err != nil {
		return nil, fmt.Errorf("reading the assets: %w", err)
	}
	for _, e := range entries {
		content, err := fs.ReadFile(files, path.Join(folder, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("reading the asset %s: %w", e.Name(), err)
		}
		if err := a.add(e.Name(), content); err != nil {
			return nil, fmt.Errorf("compressing the asset %s: %w", e.Name(), err)
		}
	}
	return a, nil
}

func (a *Assets) add(name string, content []byte) error {
	small, err := Compress(content)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(content)
	ext := path.Ext(name)
	at := a.prefix + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:8]) + ext
	a.paths[name] = at
	a.files[at] = asset{mediaType: mime.TypeByExtension(ext), plain: content, small: small}
	return nil
}

// Compress is content in gzip.
func Compress(content []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("making a compressor: %w", err)
	}
	if _, err := w.Write(content); err != nil {
		return nil, fmt.Errorf("compressing: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("compressing the end: %w", err)
	}
	return out.Bytes(), nil
}

// Path is where the named asset is served.
func (a *Assets) Path(name string) (string, error) {
	at, known := a.paths[name]
	if !known {
		return "", fmt.Errorf("there is no asset %s", name)
	}
	return at, nil
}

// ServeHTTP implements http.Handler.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	found, known := a.files[r.URL.Path]
	if !known {
		http.NotFound(w, r)
		return
	}
	h, body := w.Header(), found.plain
	h.Set("Content-Type", found.mediaType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") && len(found.small) < len(body) {
		h.Set("Content-Encoding", "gzip")
		body = found.small
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // a browser that went away needs no answer
}
