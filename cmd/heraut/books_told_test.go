package main

import (
	"context"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	appsbookssim "heraut/simulator/appsbooks"
)

// looker takes Apple's notifications and notes who wants a look, as a schedule
// that keeps one waiting does.
type looker struct {
	notifications

	wanted chan struct{}
}

// WatchNow implements looking.
func (l looker) WatchNow(context.Context) error {
	select {
	case l.wanted <- struct{}{}:
	default: // one look is enough
	}
	return nil
}

// DistributeNow implements looking.
func (l looker) DistributeNow(context.Context) error { return nil }

func (l looker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = l.Arrived(r.Context(), r.Header.Get("Authorization"), body)
	}
	if err != nil {
		w.WriteHeader(http.StatusUnauthorized)
	}
}

// toldOffice is an office that Apple can call.
func toldOffice(t *testing.T) (*bookOffice, <-chan struct{}) {
	t.Helper()
	l := &looker{wanted: make(chan struct{}, 1)}
	public := httptest.NewTLSServer(l)
	t.Cleanup(public.Close)
	trusted := x509.NewCertPool()
	trusted.AddCert(public.Certificate())
	p, apple := bookPartsWith(t, appsbookssim.Options{NotifyRoots: trusted, Limits: map[string]int{"maxRequestPerSecond": 100_000}})
	p.config.PublicURL = public.URL
	l.notifications = notifications{p.keys, p.store, l, p.log}
	return bookOfficeOf(t, p, apple), l.wanted
}

// TestAcceptanceHoweverAppleTells: notifications that are lost, doubled, forged
// or out of order change when Heraut learns of an acceptance, and nothing else.
func TestAcceptanceHoweverAppleTells(t *testing.T) {
	for do, heard := range map[appsbookssim.NotifyAction]bool{
		"": true, appsbookssim.Double: true, appsbookssim.Late: true, appsbookssim.Lose: false, appsbookssim.Forge: false,
	} {
		t.Run("notifications "+string(do), func(t *testing.T) {
			o, wanted := toldOffice(t)
			users := o.users(2)
			require.NoError(t, o.deliver(o.invite(users...)))
			require.Eventually(t, func() bool { return told(o, "USER_MANAGEMENT") > 0 }, 10*time.Second, 10*time.Millisecond)
			o.drain(wanted)
			if do != "" {
				rule := appsbookssim.NotifyRule{Type: "USER_ASSOCIATED", Do: do}
				if do == appsbookssim.Late {
					rule.Count = 1 // it leaves after the next one
				}
				require.NoError(t, o.apple.SetScript(appsbookssim.Script{Notifications: []appsbookssim.NotifyRule{rule}}))
			}
			o.accept(users[0])
			o.accept(users[1])
			if heard {
				require.Eventually(t, func() bool { o.drain(wanted); return o.enrolled(users[0]) && o.enrolled(users[1]) }, 10*time.Second, 10*time.Millisecond)
			} else {
				o.drain(wanted)
				require.False(t, o.enrolled(users[0]) || o.enrolled(users[1]), "nobody has told")
				require.Equal(t, 2, o.watch().Enrolled, "the schedule looks")
			}
			for _, user := range users {
				require.Equal(t, invitation.Accepted, o.only(user).State)
			}
			require.Zero(t, o.watch().Enrolled)
		})
	}
}

// told counts the notifications of a kind that were delivered, or tried to be.
func told(o *bookOffice, kind string) (n int) {
	for _, one := range o.apple.Notifications() {
		if one.Type == kind {
			n++
		}
	}
	return n
}

// drain looks when somebody wants it.
func (o *bookOffice) drain(wanted <-chan struct{}) {
	o.t.Helper()
	select {
	case <-wanted:
		o.watch()
	default:
	}
}
