package console

import (
	"context"
	"net/http"
	"net/url"
	"path"

	"heraut/console/page"
	"heraut/invitation"
)

// bulkPage is how far an action on many invitations is.
type bulkPage struct {
	invitation.Bulk

	Begun, Ended page.Moment
	Back         string
}

// Through is how many came by.
func (b bulkPage) Through() int { return b.Done + b.Skipped }

// Of is the number that progress goes up to: what was settled meanwhile may
// have left the list, and a list may have grown.
func (b bulkPage) Of() int {
	if !b.FinishedAt.IsZero() {
		return max(b.Through(), 1)
	}
	return max(b.Count, b.Through(), 1)
}

func (v *visit) bulk() error {
	v.section = "active"
	bulk, err := v.Store.Bulk(v.ctx(), v.id())
	if err != nil {
		return err
	}
	if bulk.FinishedAt.IsZero() {
		v.stream = streamFor("/tasks/bulk/"+bulk.ID, nil)
	}
	return v.show(http.StatusOK, "tasks/bulk", nil, v.bulkPage(bulk, v.query("back")))
}

func (v *visit) bulkPage(bulk invitation.Bulk, back string) bulkPage {
	return bulkPage{Bulk: bulk, Begun: v.at(bulk.CreatedAt), Ended: v.at(bulk.FinishedAt), Back: tasksBack(back)}
}

func (v *visit) watchBulk(address *url.URL, _ []string) (watch, error) {
	id, store := path.Base(address.Path), v.Store
	read := func(ctx context.Context) (invitation.Bulk, error) { return store.Bulk(ctx, id) }
	return watching(address.Path, read, func(was *invitation.Bulk, is invitation.Bulk) (t told, err error) {
		if was != nil && *was == is {
			return t, nil
		}
		t.Parts, err = v.piece("tasks/bulk", "progress", v.bulkPage(is, ""))
		if !is.FinishedAt.IsZero() {
			t.Spoken = v.t("tasks.bulk.done", "n", is.Done)
		}
		return t, err
	}), nil
}
