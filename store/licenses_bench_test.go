package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/people"
	"heraut/settings"
	"heraut/store"
)

// BenchmarkLicenses plans, claims and settles the licenses of 3,000 users who
// are promised five apps each, and forecasts what as many who were not invited
// yet will need; planning again finds nothing to do.
func BenchmarkLicenses(b *testing.B) {
	const users, assets, batch = 3000, 5, 1000
	eachDatabase(b, func(b *testing.B, o store.Options) {
		b.Helper()
		spent := map[string]time.Duration{}
		step := func(name string, do func() error) {
			began := time.Now()
			require.NoError(b, do())
			spent[name] += time.Since(began)
		}
		ctx := b.Context()
		s, g := large(b, o, 2*users)
		refs := stocked(b, s, assets, users)
		_, err := s.PutContent(ctx, benchActor, content.Owner{GroupID: g.ID}, content.Choices(refs...))
		require.NoError(b, err)
		step("accept", func() error { return acceptAtApple(b, s, users) })
		p := planAll(b, s, g)
		for b.Loop() {
			step("forecast", func() error { _, err := s.ForecastLicenses(ctx, p.ID); return err })
			step("plan", func() error { _, err := s.PlanLicenses(ctx, place); return err })
			for range users / batch {
				for _, ref := range refs {
					var claimed content.Batch
					step("claim", func() (err error) {
						claimed, _, err = s.ClaimBatch(ctx, place, ref, content.Associate, batch)
						return err
					})
					step("settle", func() error { return s.SettleBatch(ctx, claimed, claimed.All(content.Has, "")) })
				}
			}
			step("work", func() error { _, err := s.LicenseWork(ctx, place); return err })
			step("again", func() error { _, err := s.PlanLicenses(ctx, place); return err })
			step("list", func() error {
				_, err := s.ListCompletedLicenses(ctx, content.LicenseFilter{}, people.Cursor{}, 50)
				return err
			})
			for _, ref := range refs { // as it was
				require.NoError(b, s.KeepHolders(ctx, place, ref, content.Holders{}))
			}
		}
		for name, d := range spent {
			b.ReportMetric(float64(d.Microseconds())/1000/float64(b.N), name+"-ms")
		}
	})
}

const place = "2049025000431439"

// stocked installs a content token whose location owns so many apps.
func stocked(b *testing.B, s *store.Store, assets, licenses int) []content.AssetRef {
	b.Helper()
	_, err := s.PutSetting(b.Context(), benchActor, settings.NameContentToken, settings.ContentToken{UID: place}, nil, nil)
	require.NoError(b, err)
	var refs []content.AssetRef
	var owned []content.Asset
	for i := range assets {
		refs = append(refs, content.AssetRef{AdamID: fmt.Sprintf("36130972%d", i), Pricing: content.PricingStandard})
		owned = append(owned, content.Asset{AssetRef: refs[i], Type: content.App, Revocable: true, Total: licenses, Available: licenses})
	}
	require.NoError(b, s.KeepAssets(b.Context(), place, owned))
	return refs
}

// acceptAtApple lets the first n users accept.
func acceptAtApple(b *testing.B, s *store.Store, n int) error {
	b.Helper()
	var accounts []content.NewAccount
	var said []content.Account
	for after := (people.Cursor{}); len(accounts) < n; {
		page, err := s.ListUsers(b.Context(), people.UserFilter{}, after, 500)
		require.NoError(b, err)
		for _, u := range page.Items {
			accounts = append(accounts, content.NewAccount{UserID: u.ID, ClientUserID: "c-" + u.ID})
			said = append(said, content.Account{ClientUserID: "c-" + u.ID, State: content.Associated, IDHash: u.ID})
		}
		after = *page.Next
	}
	if _, err := s.ClaimAccounts(b.Context(), place, accounts[:n]); err != nil {
		return err
	}
	for part := range slices.Chunk(said[:n], 500) {
		if _, err := s.ApplyAccounts(b.Context(), place, part); err != nil {
			return err
		}
	}
	return nil
}
