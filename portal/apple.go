package portal

import (
	"context"
	"net/http"

	"heraut/fault"
	"heraut/internal/qrcode"
)

// Apple knows where people accept once a content token is installed.
type Apple interface {
	// AppleLink is the address at which the user accepts at Apple. Whoever has
	// it can accept, so it belongs on the user's own page and in no log.
	// fault.NotFound: Apple does not know the user yet.
	AppleLink(ctx context.Context, userID string) (url string, err error)
}

// atApple is what the page of an invitation that Apple decides shows; without
// a URL there is nothing to lead on to yet.
type atApple struct {
	URL string
	QR  qrcode.Code
}

// seekApple asks where the person accepts. That Apple or the store is away
// keeps nobody from reading the page, or from declining.
func (v *visit) seekApple() (url string) {
	url, err := v.portal.Apple.AppleLink(v.ctx(), v.view.UserID)
	if err != nil {
		if !fault.Is(err, fault.NotFound) {
			v.portal.Log.WarnContext(v.ctx(), "the invitation page can not lead on to Apple", "user_id", v.view.UserID, "error", err)
		}
		return ""
	}
	return url
}

// openPage is the page of an invitation without an answer.
func (v *visit) openPage() error {
	if !v.organization.AcceptsHere {
		if url := v.seekApple(); url != "" {
			v.apple = atApple{URL: url, QR: qrcode.Of(url)}
		}
	}
	return v.show(http.StatusOK, pageOpen)
}

// acceptAtApple leads on to Apple, which alone decides who accepted; while
// there is nowhere to lead, the page says so.
func (v *visit) acceptAtApple() error {
	url := v.seekApple()
	if url == "" {
		return v.back()
	}
	return v.c.Redirect(http.StatusSeeOther, url)
}
