package roster_test

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"heraut/directory/roster"
	"heraut/directory/roster/rostertest"
	"heraut/fault"
)

// zipped packs files under a folder, the way Macs do.
func zipped(t *testing.T, folder string, files fstest.MapFS) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, file := range files {
		out, err := w.Create(folder + name)
		require.NoError(t, err)
		_, err = out.Write(file.Data)
		require.NoError(t, err)
	}
	_, err := w.Create("__MACOSX/" + folder + "._students.csv")
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func TestOpenReadsAFolderAndAZip(t *testing.T) {
	want := parse(t, school())
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(dir, "folder"), school()))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "flat.zip"), zipped(t, "", school()), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "deep.zip"), zipped(t, "School 1/", school()), 0o600))
	for _, name := range []string{"folder", "flat.zip", "deep.zip"} {
		opened, err := roster.Open(filepath.Join(dir, name))
		require.NoError(t, err)
		got, err := roster.Parse(t.Context(), opened)
		require.NoError(t, err)
		require.NoError(t, opened.Close())
		require.Equal(t, want, got, name)
	}
}

func TestOpenRefusesWhatIsNotARoster(t *testing.T) {
	_, err := roster.Open(filepath.Join(t.TempDir(), "none"))
	require.ErrorIs(t, err, fs.ErrNotExist)

	path := filepath.Join(t.TempDir(), "students.csv")
	require.NoError(t, os.WriteFile(path, []byte("person_id\n"), 0o600))
	_, err = roster.Open(path)
	require.True(t, fault.Is(err, fault.InvalidRequest))

	_, err = roster.OpenZip(bytes.NewReader(nil), 0)
	require.True(t, fault.Is(err, fault.InvalidRequest))
}

func TestParseReportsADamagedZip(t *testing.T) {
	archive := zipped(t, "", school())
	at := bytes.Index(archive, []byte("devices.csv"))
	clear(archive[at+len("devices.csv") : at+len("devices.csv")+20])
	opened, err := roster.OpenZip(bytes.NewReader(archive), int64(len(archive)))
	require.NoError(t, err)
	got, err := roster.Parse(t.Context(), opened)
	require.NoError(t, err)
	require.NotEmpty(t, got.Problems)
	require.Equal(t, "devices.csv", got.Problems[0].File)
	require.Len(t, got.People, 3)
}

// broken is a folder whose devices.csv breaks in the middle of a line.
type broken struct{ fstest.MapFS }

func (b broken) Open(name string) (fs.File, error) {
	file, err := b.MapFS.Open(name)
	if name != roster.Devices || err != nil {
		return file, err
	}
	return &cut{File: file, Reader: io.MultiReader(io.LimitReader(file, 70), iotest.ErrReader(io.ErrUnexpectedEOF))}, nil
}

type cut struct {
	fs.File
	io.Reader
}

func (c *cut) Read(p []byte) (int, error) { return c.Reader.Read(p) }

func TestParseReportsAFileThatBreaksOff(t *testing.T) {
	got, err := roster.Parse(t.Context(), broken{with("devices.csv", "serial_number,name,platform\nS1,iPad one,ios\nS2,iPad two,ios\nS3,iPad three,ios\n")})
	require.NoError(t, err)
	require.Len(t, got.Devices, 2, "half a line is not taken for a whole one")
	require.Len(t, got.Problems, 1)
	require.Equal(t, 4, got.Problems[0].Line)
	require.Contains(t, got.Problems[0].Message, "can not be read on")
}

func BenchmarkParse(b *testing.B) {
	dir := b.TempDir()
	require.NoError(b, rostertest.Write(dir, 100_000, 2))
	b.ReportAllocs()
	for b.Loop() {
		got, err := roster.Parse(b.Context(), os.DirFS(dir))
		require.NoError(b, err)
		require.Len(b, got.Devices, 200_000)
	}
}
