package appsbookssim

import (
	"cmp"
	"encoding/json"
	"slices"
)

// AssetRef names an app or a book and its price class.
type AssetRef struct {
	AdamID       string `json:"adamId"`
	PricingParam string `json:"pricingParam"`
}

// Asset is an app or a book to put into a library.
type Asset struct {
	AdamID string
	// Name is what the store calls it; empty: it is not in the store any more.
	Name string
	// Custom hides it from who has no token of a location that owns it.
	Custom bool
	// PricingParam is STDQ by default.
	PricingParam string
	// Book makes it a book: it can be neither revoked nor given to a device.
	Book      bool
	Platforms []string // default iOS
	Total     int
}

type asset struct {
	AssetRef

	name      string
	custom    bool
	book      bool
	platforms []string
	total     int
}

// Assignment is a license that a user or a device has.
type Assignment struct {
	AssetRef

	ClientUserID string `json:"clientUserId,omitempty"`
	SerialNumber string `json:"serialNumber,omitempty"`
}

type assignment struct {
	Assignment

	holder  *user // the record of the user who got it; nil for a device
	changed int
}

func (a assignment) active() bool { return a.holder == nil || a.holder.active() }

// AddAsset puts an app or a book into an organization's library, or buys more
// licenses of it; with a negative Total they are given back. It tells by an
// ASSET_COUNT notification.
func (s *Server) AddAsset(org string, bought Asset) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.location(org)
	ref := AssetRef{bought.AdamID, cmp.Or(bought.PricingParam, "STDQ")}
	a := l.asset(ref)
	if a == nil {
		a = &asset{AssetRef: ref, name: bought.Name, custom: bought.Custom, book: bought.Book, platforms: bought.Platforms}
		if a.platforms == nil {
			a.platforms = []string{"iOS"}
		}
		l.assets = append(l.assets, a)
	}
	a.total = max(a.total+bought.Total, 0)
	s.tell(l, "ASSET_COUNT", map[string]any{"adamId": ref.AdamID, "pricingParam": ref.PricingParam, "countDelta": bought.Total})
}

// Assignments lists the licenses of an organization's location, in the order
// in which they were given.
func (s *Server) Assignments(org string) []Assignment {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Assignment
	for _, a := range s.location(org).assignments {
		list = append(list, a.Assignment)
	}
	return list
}

func (l *location) asset(ref AssetRef) *asset {
	for _, a := range l.assets {
		if a.AssetRef == ref {
			return a
		}
	}
	return nil
}

func (l *location) assigned(ref AssetRef) (n int) {
	for _, a := range l.assignments {
		if a.AssetRef == ref {
			n++
		}
	}
	return n
}

func (l *location) available(a *asset) int { return max(a.total-l.assigned(a.AssetRef), 0) }

// release takes back the licenses that can be, of those that match.
func (l *location) release(match func(assignment) bool) {
	before := len(l.assignments)
	l.assignments = slices.DeleteFunc(l.assignments, func(a assignment) bool {
		return match(a) && !l.asset(a.AssetRef).book
	})
	if len(l.assignments) != before {
		l.changed()
	}
}

func getAssets(c *call) (map[string]any, *failure) {
	q := c.request.URL.Query()
	list := []map[string]any{}
	for _, a := range c.location.assets {
		kind := "App"
		if a.book {
			kind = "Book"
		}
		wanted := (q.Get("adamId") == "" || q.Get("adamId") == a.AdamID) &&
			(q.Get("pricingParam") == "" || q.Get("pricingParam") == a.PricingParam) &&
			(q.Get("productType") == "" || q.Get("productType") == kind)
		if !wanted {
			continue
		}
		assigned := c.location.assigned(a.AssetRef)
		list = append(list, map[string]any{
			"adamId": a.AdamID, "pricingParam": a.PricingParam, "productType": kind, "supportedPlatforms": a.platforms,
			"deviceAssignable": !a.book, "revocable": !a.book, "retiredCount": 0,
			"totalCount": a.total, "assignedCount": assigned, "availableCount": c.location.available(a),
		})
	}
	return pageOf(c, "assets", list, false)
}

func getAssignments(c *call) (map[string]any, *failure) {
	q := c.request.URL.Query()
	since, refused := c.since()
	if refused != nil {
		return nil, refused
	}
	list := []Assignment{}
	for _, a := range c.location.assignments {
		wanted := a.changed > since &&
			(q.Get("adamId") == "" || q.Get("adamId") == a.AdamID) &&
			(q.Get("pricingParam") == "" || q.Get("pricingParam") == a.PricingParam) &&
			(q.Get("clientUserId") == "" || q.Get("clientUserId") == a.ClientUserID) &&
			(q.Get("serialNumber") == "" || q.Get("serialNumber") == a.SerialNumber) &&
			(q.Get("excludeInactiveUsers") != "true" || a.active())
		if wanted {
			list = append(list, a.Assignment)
		}
	}
	return pageOf(c, "assignments", list, true)
}

// assetsBody is the body of associate, disassociate and revoke.
type assetsBody struct {
	Assets        []AssetRef `json:"assets"`
	ClientUserIDs []string   `json:"clientUserIds"`
	SerialNumbers []string   `json:"serialNumbers"`
}

// readTargets reads the body and checks whom it is about.
func (c *call) readTargets(maxUsers, maxSerials string) (b assetsBody, refused *failure) {
	if err := json.Unmarshal(c.body, &b); err != nil {
		return b, refuse(9602)
	}
	c.elements = len(b.ClientUserIDs) + len(b.SerialNumbers)
	limits := c.server.limits
	switch {
	case c.elements == 0:
		return b, refuse(9719)
	case len(b.ClientUserIDs) > limits[maxUsers]:
		return b, refuse(9701)
	case len(b.SerialNumbers) > limits[maxSerials]:
		return b, refuse(9702)
	case repeats(b.ClientUserIDs):
		return b, refuse(9704)
	case repeats(b.SerialNumbers):
		return b, refuse(9705)
	}
	for _, id := range b.ClientUserIDs {
		if c.location.active(id) == nil {
			return b, &failure{9609, &errorInfo{ClientUserIDs: []string{id}}}
		}
	}
	return b, nil
}

// readAssets reads the body of associate and disassociate.
func (c *call) readAssets() (b assetsBody, refused *failure) {
	b, refused = c.readTargets("maxClientUserIds", "maxSerialNumbers")
	if refused != nil {
		return b, refused
	}
	switch {
	case len(b.Assets) == 0:
		return b, refuse(9718)
	case len(b.Assets) > c.server.limits["maxAssets"]:
		return b, refuse(9700)
	}
	for i := range b.Assets {
		b.Assets[i].PricingParam = cmp.Or(b.Assets[i].PricingParam, "STDQ")
		if c.location.asset(b.Assets[i]) == nil {
			return b, &failure{9602, &errorInfo{Assets: b.Assets[i : i+1]}}
		}
	}
	if repeats(b.Assets) {
		return b, refuse(9703)
	}
	return b, nil
}

func repeats[T comparable](list []T) bool {
	seen := make(map[T]bool, len(list))
	for _, one := range list {
		if seen[one] {
			return true
		}
		seen[one] = true
	}
	return false
}
