package console

import (
	"net/http"

	"heraut/console/page"
	"heraut/internal/qrcode"
	"heraut/office"
	"heraut/people"
)

// linkPage shows a link by which a user enrolls a device. It is shown once:
// only its hash is kept.
type linkPage struct {
	User    people.User
	Link    office.Invite
	QR      qrcode.Code
	Expires page.Moment
}

// makeLink makes a link for the user portal, and answers with it.
func (v *visit) makeLink() error {
	user, err := v.Store.User(v.ctx(), v.id())
	if err != nil {
		return err
	}
	if err := v.Links.Check(v.ctx()); err != nil {
		return err
	}
	link, err := v.Links.New(v.ctx(), v.actor(), user.ID)
	if err != nil {
		return err
	}
	shown := v.Links.Show(link)
	return v.showUser(http.StatusOK, "users/link", user.ID, linkPage{
		User: user, Link: shown, QR: qrcode.Of(shown.URL), Expires: v.clock.At(shown.ExpiresAt),
	})
}
