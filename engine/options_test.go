package engine_test

import (
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"

	"heraut/engine"
)

func TestStartRefusesBadOptions(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	tests := map[string]struct {
		options engine.Options
		want    string
	}{
		"no folder":          {engine.Options{}, "needs a folder"},
		"folder is missing":  {engine.Options{Dir: filepath.Join(dir, "none")}, "no such file"},
		"folder is a file":   {engine.Options{Dir: file}, "not a folder"},
		"all interfaces":     {engine.Options{Dir: dir, Listen: ":7233"}, "loopback only"},
		"another interface":  {engine.Options{Dir: dir, Listen: "192.0.2.7:7233"}, `in place of "192.0.2.7"`},
		"any IPv6":           {engine.Options{Dir: dir, Listen: "[::]:7233"}, "loopback only"},
		"a name":             {engine.Options{Dir: dir, Listen: "example.org:7233"}, "loopback only"},
		"no port":            {engine.Options{Dir: dir, Listen: "127.0.0.1"}, "host:port"},
		"UI elsewhere":       {engine.Options{Dir: dir, UIListen: "0.0.0.0:8233"}, "the Temporal UI has no sign-in"},
		"server's namespace": {engine.Options{Dir: dir, Namespace: "temporal-system"}, "server's own"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := engine.Start(t.Context(), test.options)
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestStartRefusesAnAddressInUse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, taken.Close()) })

	_, err = engine.Start(t.Context(), engine.Options{Dir: t.TempDir(), Listen: taken.Addr().String()})
	require.ErrorContains(t, err, "address already in use")

	_, err = engine.Start(t.Context(), engine.Options{
		Dir: t.TempDir(), Listen: "127.0.0.1:0", UIListen: taken.Addr().String(),
	})
	require.ErrorContains(t, err, "address already in use")
	require.ErrorContains(t, err, "Temporal UI")
}

func TestStartRefusesMoreSearchAttributesThanFit(t *testing.T) {
	_, err := engine.Start(t.Context(), engine.Options{
		Dir: t.TempDir(), Listen: "127.0.0.1:0",
		SearchAttributes: map[string]enumspb.IndexedValueType{
			"A": enumspb.INDEXED_VALUE_TYPE_BOOL, "B": enumspb.INDEXED_VALUE_TYPE_BOOL,
			"C": enumspb.INDEXED_VALUE_TYPE_BOOL, "D": enumspb.INDEXED_VALUE_TYPE_BOOL,
		},
	})
	require.ErrorContains(t, err, "all columns of type Bool are taken")
}
