package store_test

import (
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/internal/testkit"
	"heraut/people"
	"heraut/settings"
	"heraut/store"
	"heraut/store/storetest"
)

// TestMailLimitOverTwoStores leases from two processes' stores at once: the
// limit is one for both.
func TestMailLimitOverTwoStores(t *testing.T) {
	for name, o := range map[string]store.Options{
		"sqlite":   {Path: filepath.Join(t.TempDir(), "heraut.db")},
		"postgres": {URL: testkit.Postgres(t)},
	} {
		t.Run(name, func(t *testing.T) {
			o.Now = storetest.NewClock().Now
			stores := []*store.Store{open(t, o), open(t, o)}
			mail := settings.DefaultMail()
			mail.PerMinute = 50
			_, err := stores[0].PutSetting(t.Context(), people.System("test"), settings.NameMail, mail, nil, nil)
			require.NoError(t, err)
			var granted atomic.Int32
			var wg sync.WaitGroup
			for i := range 20 {
				wg.Go(func() {
					n, _, err := stores[i%2].LeaseMails(t.Context(), 7)
					if err != nil {
						t.Errorf("leasing: %v", err)
					}
					granted.Add(int32(n))
				})
			}
			wg.Wait()
			require.EqualValues(t, 50, granted.Load())
		})
	}
}
