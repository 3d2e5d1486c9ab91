package api

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"

	"github.com/labstack/echo/v4"

	"heraut/fault"
)

// upload is a multipart body, spooled to a folder while it streams in.
type upload struct {
	folder string
	// files are the names of the file parts, values the other parts.
	files  []string
	values map[string]string
	// digest is of names and contents, not of boundaries: a client that tries
	// again draws another boundary.
	digest []byte
	// taken: the handler keeps the folder.
	taken bool
}

// wholeRoster is the part that holds a zip of all files.
const wholeRoster = "roster"

// maxValue bounds a part that is no file, in bytes.
const maxValue = 64

// spool reads a multipart body into a folder below Dependencies.Spool before
// the handler runs, and removes it unless the handler takes it.
func (s *server) spool(o *operation) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if !o.streams() {
				return next(c)
			}
			r := c.Request()
			u, err := s.receive(o, r)
			if u != nil {
				defer s.discard(u)
			}
			if err != nil {
				return err
			}
			c.SetRequest(r.WithContext(withUpload(r.Context(), u)))
			return next(c)
		}
	}
}

func (s *server) discard(u *upload) {
	if u.taken {
		return
	}
	if err := os.RemoveAll(u.folder); err != nil {
		s.log.Warn("removing a spool folder", "error", err)
	}
}

func (s *server) receive(o *operation, r *http.Request) (*upload, error) {
	_, params, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	if err != nil {
		return nil, fault.New(fault.UnsupportedMedia, "Send "+o.media+".")
	}
	folder, err := os.MkdirTemp(s.d.Spool, "upload-*")
	if err != nil {
		return nil, partError(err)
	}
	u := &upload{folder: folder, values: map[string]string{}}
	err = u.read(o, multipart.NewReader(r.Body, params["boundary"]))
	return u, err
}

func (u *upload) read(o *operation, parts *multipart.Reader) error {
	var sums []partSum
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF { //nolint:errorlint // a body that is cut off wraps io.EOF
			break
		}
		if err != nil {
			return partError(err)
		}
		sum, err := u.part(o, part)
		if err != nil {
			return err
		}
		sums = append(sums, sum)
	}
	slices.SortFunc(sums, func(a, b partSum) int { return cmp.Compare(a.name, b.name) })
	h := sha256.New()
	for _, s := range sums {
		_, _ = fmt.Fprintf(h, "%s\n%x\n", s.name, s.sum) // a hash never fails
	}
	u.digest = h.Sum(nil)
	return nil
}

// partSum is the name of a part and the digest of its content.
type partSum struct {
	name string
	sum  []byte
}

// part reads one part that the contract names, once.
func (u *upload) part(o *operation, part *multipart.Part) (partSum, error) {
	name := part.FormName()
	if _, named := o.body.Properties[part.FileName()]; name == wholeRoster && named {
		name = part.FileName() // one of the files rather than a zip of them
	}
	schema, known := o.body.Properties[name]
	if !known {
		return partSum{}, fault.Invalid(fault.Field{Pointer: pointer([]string{name}), Message: "There is no such part."})
	}
	if _, twice := u.values[name]; twice || slices.Contains(u.files, name) {
		return partSum{}, fault.Invalid(fault.Field{Pointer: pointer([]string{name}), Message: "Give this part once."})
	}
	h := sha256.New()
	from := io.TeeReader(part, h)
	var err error
	if schema.Value.Format == "binary" {
		err = u.file(name, from)
	} else {
		err = u.value(name, from)
	}
	return partSum{name: name, sum: h.Sum(nil)}, err
}

// file spools a part; its name is one of the contract's and safe on disk.
func (u *upload) file(name string, from io.Reader) error {
	file, err := os.OpenFile(filepath.Join(u.folder, name), os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600) //nolint:gosec // part has looked the name up in the contract
	if err != nil {
		return fmt.Errorf("spooling a file: %w", err)
	}
	u.files = append(u.files, name)
	if _, err := io.Copy(file, from); err != nil {
		_ = file.Close() // the copy's error says more
		return partError(err)
	}
	if err := file.Close(); err != nil {
		return partError(err)
	}
	return nil
}

// value reads a switch.
func (u *upload) value(name string, from io.Reader) error {
	data, err := io.ReadAll(io.LimitReader(from, maxValue))
	if err != nil {
		return partError(err)
	}
	if _, err := strconv.ParseBool(string(data)); err != nil {
		return fault.Invalid(fault.Field{Pointer: "/" + name, Message: "Use true or false."})
	}
	u.values[name] = string(data)
	return nil
}

// on tells whether a switch was given as true.
func (u *upload) on(name string) bool {
	value, err := strconv.ParseBool(u.values[name])
	return err == nil && value
}

// partError tells a body that is too large or broken from a disk that is.
func partError(err error) error {
	if f := asFault(err); f.Code == fault.TooLarge {
		return f
	}
	if errors.Is(err, syscall.ENOSPC) {
		return fault.New(fault.Unavailable, "The disk is full; nothing was imported. Make room and try again.")
	}
	if pathErr, ok := errors.AsType[*os.PathError](err); ok {
		return fmt.Errorf("spooling a body: %w", pathErr)
	}
	return fault.New(fault.Malformed, "The body is not complete multipart/form-data.")
}
