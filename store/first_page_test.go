package store_test

import (
	"path/filepath"
	"testing"

	"heraut/internal/testkit"
	"heraut/store"
	"heraut/store/storetest"
)

func TestFirstPage(t *testing.T) {
	for name, o := range map[string]store.Options{
		"sqlite":   {Path: filepath.Join(t.TempDir(), "heraut.db"), FirstPage: 2},
		"postgres": {URL: testkit.Postgres(t), FirstPage: 2},
	} {
		t.Run(name, func(t *testing.T) { storetest.FirstPage(t, open(t, o)) })
	}
}
