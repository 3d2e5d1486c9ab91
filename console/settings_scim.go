package console

import (
	"net/http"

	"heraut/fault"
	"heraut/people"
)

func (v *visit) scimSettings() error { return v.showSCIM(http.StatusOK, newForm(map[string]string{})) }

func (v *visit) showSCIM(status int, f form) error {
	at, err := v.place()
	if err != nil {
		return err
	}
	found, err := v.Store.ListSCIMClients(v.ctx(), at, paneLimit)
	if err != nil {
		return err
	}
	p := keysPage{Noun: "scim", Form: f, Steps: v.stepsOf("after", found.Next), BaseURL: v.scimURL()}
	for _, c := range found.Items {
		p.Rows = append(p.Rows, keyRow{
			ID: c.ID, Name: c.Name, Created: v.clock.On(c.CreatedAt), Used: v.clock.At(c.LastUsedAt), OldUntil: v.clock.At(c.OldTokenUntil),
		})
	}
	return v.showSettings(status, "settings/keys", "scim", p)
}

// scimURL is the address that identity providers are told; empty: there is none.
func (v *visit) scimURL() string {
	if v.Links.PublicURL == "" {
		return ""
	}
	return v.Links.PublicURL + "/scim/v2"
}

func (v *visit) createSCIM() error {
	f, err := v.submitted("name")
	if err != nil {
		return err
	}
	client, token, err := v.Store.CreateSCIMClient(v.ctx(), v.actor(), people.SCIMClient{Name: f.Values["name"]})
	if err != nil {
		return v.showRefused(&f, err, func(status int) error { return v.showSCIM(status, f) })
	}
	return v.showSettings(http.StatusOK, "settings/key-made", "scim", keyMade{Noun: "scim", Name: client.Name, Secret: token, BaseURL: v.scimURL()})
}

// scimClient looks for the client in the list: there are few.
func (v *visit) scimClient() (people.SCIMClient, error) {
	for at, more := (people.Cursor{}), true; more; {
		found, err := v.Store.ListSCIMClients(v.ctx(), at, paneLimit)
		if err != nil {
			return people.SCIMClient{}, err
		}
		for _, c := range found.Items {
			if c.ID == v.id() {
				return c, nil
			}
		}
		if more = found.Next != nil; more {
			at = *found.Next
		}
	}
	return people.SCIMClient{}, fault.New(fault.NotFound, "SCIM client not found.")
}

func (v *visit) askRotateSCIM() error { return v.askSCIM("settings/scim-rotate") }

// rotateSCIM gives the client another token.
func (v *visit) rotateSCIM() error {
	f, err := v.submitted("end_old")
	if err != nil {
		return err
	}
	client, token, err := v.Store.RotateSCIMToken(v.ctx(), v.actor(), v.id(), f.Values["end_old"] != "")
	if err != nil {
		return err
	}
	return v.showSettings(http.StatusOK, "settings/key-made", "scim", keyMade{
		Noun: "scim", Name: client.Name, Secret: token, BaseURL: v.scimURL(), Replaced: true, OldUntil: v.clock.At(client.OldTokenUntil),
	})
}

func (v *visit) askDeleteSCIM() error { return v.askSCIM("settings/key-delete") }

// askSCIM shows a question about a client.
func (v *visit) askSCIM(question string) error {
	client, err := v.scimClient()
	if err != nil {
		return err
	}
	return v.showSettings(http.StatusOK, question, "scim", keyEnd{"scim", client.ID, client.Name})
}

func (v *visit) deleteSCIM() error {
	if err := v.Store.DeleteSCIMClient(v.ctx(), v.actor(), v.id()); err != nil {
		return err
	}
	return v.done("/settings/scim", "scim_deleted", 0)
}

func (v *visit) scimState() (string, error) {
	found, err := v.Store.ListSCIMClients(v.ctx(), people.Cursor{}, paneLimit)
	return v.howMany("settings.scim.state", len(found.Items), found.Next), err
}
