package activities

import (
	"context"
)

// namesAtOnce bounds how many names one run asks for: the next run asks for
// the rest.
const namesAtOnce = 200

// nameAssets asks what the apps and books are called that have no name yet, or
// an old one. Nobody waits for a name: what goes wrong is asked again with the
// next run, and is no error of this one.
func (a *Activities) nameAssets(ctx context.Context, library Library) {
	ids, err := a.Licenses.AssetsToName(ctx, library.Location(), namesAtOnce)
	if err != nil {
		a.Log.WarnContext(ctx, "Apps and books without a name were not read.", "error", err)
		return
	}
	for _, id := range ids {
		name, err := library.Name(ctx, id)
		if err == nil {
			err = a.Licenses.KeepAssetName(ctx, library.Location(), id, name)
		}
		if err != nil {
			a.Log.WarnContext(ctx, "The store did not tell what an app or a book is called.", "adam_id", id, "error", err)
			return
		}
	}
}
