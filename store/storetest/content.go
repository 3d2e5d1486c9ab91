package storetest

import (
	"errors"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/fault"
	"heraut/people"
	"heraut/settings"
)

func (l *library) listed(limit int) (all []content.Asset) {
	l.t.Helper()
	for after := (people.Cursor{}); ; {
		page, err := l.ListAssets(l.t.Context(), after, limit)
		require.NoError(l.t, err)
		all = append(all, page.Items...)
		if page.Next == nil {
			return all
		}
		after = *page.Next
	}
}

func mirrorAssets(l *library) {
	all := l.listed(2)
	require.Equal(l.t, []content.AssetRef{book, app, other}, []content.AssetRef{all[0].AssetRef, all[1].AssetRef, all[2].AssetRef})
	require.Equal(l.t, content.Book, all[0].Type)
	require.False(l.t, all[0].Revocable)
	require.Equal(l.t, l.clock.Now(), all[0].UpdatedAt)

	require.NoError(l.t, l.KeepAssets(l.t.Context(), place, []content.Asset{owned(app, 60, 45), owned(book, 1, 2)}))
	all = l.listed(100)
	require.Len(l.t, all, 3, "what has gone keeps its row")
	require.Equal(l.t, []int{60, 45, 15}, []int{all[1].Total, all[1].Assigned, all[1].Available})
	require.Equal(l.t, []int{1, 2, 0}, []int{all[0].Total, all[0].Assigned, all[0].Available})
	require.Equal(l.t, []int{0, 0, 0}, []int{all[2].Total, all[2].Assigned, all[2].Available})

	require.NoError(l.t, l.DeleteSetting(l.t.Context(), actor, settings.NameContentToken))
	require.Empty(l.t, l.listed(100), "without a token there is no library")
}

// nameAssets asks for each name once, for one that is not known again after a
// day, and for the others after a month.
func nameAssets(l *library) {
	toName := func(limit int) []string {
		l.t.Helper()
		ids, err := l.AssetsToName(l.t.Context(), place, limit)
		require.NoError(l.t, err)
		return ids
	}
	plus := content.AssetRef{AdamID: app.AdamID, Pricing: content.PricingPlus}
	gone := owned(content.AssetRef{AdamID: "9", Pricing: content.PricingStandard}, 0, 0)
	require.NoError(l.t, l.KeepAssets(l.t.Context(), place, []content.Asset{owned(app, 60, 45), owned(plus, 1, 0), owned(book, 1, 2), gone}))
	require.Equal(l.t, []string{book.AdamID, app.AdamID}, toName(100), "one number has one name; who has no license needs none")
	require.Equal(l.t, []string{book.AdamID}, toName(1))
	elsewhere, err := l.AssetsToName(l.t.Context(), "elsewhere", 100)
	require.NoError(l.t, err)
	require.Empty(l.t, elsewhere)

	require.NoError(l.t, l.KeepAssetName(l.t.Context(), place, app.AdamID, "Pages"))
	require.NoError(l.t, l.KeepAssetName(l.t.Context(), place, book.AdamID, ""))
	require.Empty(l.t, toName(100))
	require.NoError(l.t, l.KeepAssets(l.t.Context(), place, []content.Asset{owned(app, 60, 45), owned(plus, 1, 0), owned(book, 1, 2)}))
	require.Empty(l.t, toName(100), "Apple's list of assets, which has no names, changes nothing")
	for _, ref := range []content.AssetRef{app, plus} {
		named, err := l.Asset(l.t.Context(), place, ref)
		require.NoError(l.t, err)
		require.Equal(l.t, "Pages", named.Name)
	}

	l.clock.Advance(25 * time.Hour)
	require.Equal(l.t, []string{book.AdamID}, toName(100))
	l.clock.Advance(30 * 24 * time.Hour)
	require.Equal(l.t, []string{book.AdamID, app.AdamID}, toName(100), "those without a name first")
	require.NoError(l.t, l.KeepAssetName(l.t.Context(), place, app.AdamID, ""))
	named, err := l.Asset(l.t.Context(), place, app)
	require.NoError(l.t, err)
	require.Equal(l.t, "Pages", named.Name, "what has left the store keeps its name")
}

func assignContent(l *library) {
	u := l.user("one")
	g := l.group(u)
	for _, o := range []content.Owner{{GroupID: g.ID}, {UserID: u.ID}} {
		for _, set := range [][]content.AssetRef{{other, app}, {app}, {book, app}, {}} {
			kept, err := l.PutContent(l.t.Context(), actor, o, content.Choices(set...))
			require.NoError(l.t, err)
			read, err := l.Content(l.t.Context(), o)
			require.NoError(l.t, err)
			require.Equal(l.t, kept, read)
			require.Len(l.t, kept, len(set))
			for _, one := range kept {
				require.Contains(l.t, set, one.AssetRef)
			}
		}
	}
	require.Equal(l.t, []string{"group.content", "group.content", "group.content", "group.content"}, l.actions(g.ID)[2:])
	_, err := l.PutContent(l.t.Context(), actor, content.Owner{GroupID: g.ID}, nil)
	require.NoError(l.t, err)
	require.Len(l.t, l.actions(g.ID), 6, "the same set again is no change")
}

func refuseContent(l *library) {
	u := l.user("one")
	unknown := content.AssetRef{AdamID: app.AdamID, Pricing: content.PricingPlus}
	_, err := l.PutContent(l.t.Context(), actor, content.Owner{UserID: u.ID}, content.Choices(app, unknown, app))
	requireCode(l.t, err, fault.InvalidRequest)
	f, ok := errors.AsType[*fault.Error](err)
	require.True(l.t, ok)
	require.Equal(l.t, []string{"/items/1/adam_id", "/items/2/adam_id"}, names(f.Fields, func(f fault.Field) string { return f.Pointer }))
	left, err := l.Content(l.t.Context(), content.Owner{UserID: u.ID})
	require.NoError(l.t, err)
	require.Empty(l.t, left, "nothing of a set with a mistake is kept")

	for _, o := range []content.Owner{{GroupID: "none"}, {UserID: "none"}} {
		_, err := l.PutContent(l.t.Context(), actor, o, nil)
		requireCode(l.t, err, fault.NotFound)
		_, err = l.Content(l.t.Context(), o)
		requireCode(l.t, err, fault.NotFound)
	}
}
