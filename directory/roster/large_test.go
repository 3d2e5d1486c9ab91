package roster_test

import (
	"io"
	"io/fs"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"heraut/directory/roster"
)

// endless is a folder whose devices.csv has a line of a gigabyte.
type endless struct{ fstest.MapFS }

func (e endless) Open(name string) (fs.File, error) {
	file, err := e.MapFS.Open(name)
	if name != roster.Devices || err != nil {
		return file, err
	}
	return &cut{File: file, Reader: io.MultiReader(
		strings.NewReader("serial_number,name,platform\nS1,\""),
		io.LimitReader(letters{}, 1<<30),
		strings.NewReader("\",ios\nS2,iPad,ipados\n"),
	)}, nil
}

// letters never ends.
type letters struct{}

func (letters) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestParseRefusesAGigabyteLineWithoutKeepingIt(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, err := roster.Parse(t.Context(), endless{with("devices.csv", "")})
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(8<<20))
	require.Equal(t, []roster.Problem{{File: "devices.csv", Line: 2, Column: 1, Message: "This line is longer than 64 KB."}}, got.Problems)
	require.Len(t, got.Devices, 1, "the line after it is kept")
}

// FuzzParse looks for input that panics or loses its place. Run it with
// go test -fuzz FuzzParse ./directory/roster
func FuzzParse(f *testing.F) {
	f.Add("S1,\"a\\\nb\",ios\nS2,\"x,ios\n\"\",\"\",\"")
	f.Add("\xff\x00,\\\n\",\"\n\n,,,,,,\r\\\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := roster.Parse(t.Context(), fstest.MapFS{"devices.csv": {Data: []byte("serial_number,name,platform\n" + text)}})
		require.NoError(t, err)
		last := strings.Count(text, "\n") + 2
		for _, p := range got.Problems {
			require.LessOrEqual(t, p.Line, last)
			require.Positive(t, p.Column)
		}
		for _, d := range got.Devices {
			require.NotEmpty(t, d.SerialNumber)
			require.True(t, d.Platform.Known())
		}
	})
}
