package appsbooks

import (
	"context"
	"net/url"
	"slices"
)

// AssetRef names an app or a book and its price class.
type AssetRef struct {
	AdamID string `json:"adamId"`
	// PricingParam is STDQ (the usual one) or PLUS.
	PricingParam string `json:"pricingParam,omitempty"`
}

// The product types.
const (
	App  = "App"
	Book = "Book"
)

// Asset is an app or a book that the location owns, with its licenses.
type Asset struct {
	AssetRef

	ProductType        string   `json:"productType"` // App or Book
	SupportedPlatforms []string `json:"supportedPlatforms"`
	// DeviceAssignable assets can be given to serial numbers, Revocable ones
	// taken back; books are neither.
	DeviceAssignable bool `json:"deviceAssignable"`
	Revocable        bool `json:"revocable"`
	Total            int  `json:"totalCount"`
	Assigned         int  `json:"assignedCount"`
	Available        int  `json:"availableCount"`
	Retired          int  `json:"retiredCount"`
}

// AssetQuery chooses assets. The zero value is all of them; there is no
// reading of changes alone.
type AssetQuery struct{ AdamID, PricingParam, ProductType string }

// Assets reads assets page by page and hands each page to visit, in Apple's
// order.
func (c *Client) Assets(ctx context.Context, q AssetQuery, visit func([]Asset) error) error {
	v := url.Values{}
	set(v, "adamId", q.AdamID)
	set(v, "pricingParam", q.PricingParam)
	set(v, "productType", q.ProductType)
	_, err := walk(ctx, c, assetsCall, v, func(p assetsPage) error { return visit(p.Assets) })
	return err
}

type assetsPage struct {
	pageMark

	Assets []Asset `json:"assets"`
}

func (p assetsPage) listed() bool { return p.Assets != nil }

// Assignment is a license that a user or a device has.
type Assignment struct {
	AssetRef

	ClientUserID string `json:"clientUserId,omitempty"`
	SerialNumber string `json:"serialNumber,omitempty"`
}

// AssignmentQuery chooses assignments. The zero value is all of them.
type AssignmentQuery struct {
	AdamID, PricingParam, ClientUserID, SerialNumber string
	// ActiveOnly leaves out what users have whose accounts have ended.
	ActiveOnly bool
	// Since is as for UserQuery.
	Since string
}

// Assignments reads assignments page by page, as Users does.
func (c *Client) Assignments(ctx context.Context, q AssignmentQuery, visit func([]Assignment) error) (version string, err error) {
	v := url.Values{}
	set(v, "adamId", q.AdamID)
	set(v, "pricingParam", q.PricingParam)
	set(v, "clientUserId", q.ClientUserID)
	set(v, "serialNumber", q.SerialNumber)
	set(v, "sinceVersionId", q.Since)
	if q.ActiveOnly {
		v.Set("excludeInactiveUsers", "true")
	}
	return walk(ctx, c, assignmentsCall, v, func(p assignmentsPage) error { return visit(p.Assignments) })
}

type assignmentsPage struct {
	pageMark

	Assignments []Assignment `json:"assignments"`
}

func (p assignmentsPage) listed() bool { return p.Assignments != nil }

// Targets are who gets or loses assets. The order is kept.
type Targets struct {
	ClientUserIDs []string
	SerialNumbers []string
}

type assetsBody struct {
	Assets        []AssetRef `json:"assets,omitempty"`
	ClientUserIDs []string   `json:"clientUserIds,omitempty"`
	SerialNumbers []string   `json:"serialNumbers,omitempty"`
}

func (b assetsBody) submission() Submission {
	return Submission{ClientUserIDs: b.ClientUserIDs, SerialNumbers: b.SerialNumbers, Assets: b.Assets}
}

// Associate gives every asset to every target. Several submissions run beside
// each other at Apple: where licenses are short and the order matters, give
// no more targets at once than Limits allow in one, and await its event. With
// an error the submissions made before it are returned and stand.
func (c *Client) Associate(ctx context.Context, assets []AssetRef, to Targets) ([]Submission, error) {
	return c.submitAssets(ctx, associateCall, assets, to)
}

// Disassociate takes every asset from every target. Books can not be taken.
func (c *Client) Disassociate(ctx context.Context, assets []AssetRef, from Targets) ([]Submission, error) {
	return c.submitAssets(ctx, disassociateCall, assets, from)
}

// Revoke takes everything that can be revoked from the targets.
func (c *Client) Revoke(ctx context.Context, from Targets) ([]Submission, error) {
	work := assetsBody{ClientUserIDs: from.ClientUserIDs, SerialNumbers: from.SerialNumbers}
	return submit(ctx, c, work.unique(), splitRevoke, func(ctx context.Context, b assetsBody) (Submission, error) {
		return c.post(ctx, revokeCall, b, b.submission())
	})
}

func (c *Client) submitAssets(ctx context.Context, call string, assets []AssetRef, targets Targets) ([]Submission, error) {
	work := assetsBody{Assets: assets, ClientUserIDs: targets.ClientUserIDs, SerialNumbers: targets.SerialNumbers}
	return submit(ctx, c, work.unique(), splitAssets, func(ctx context.Context, b assetsBody) (Submission, error) {
		return c.post(ctx, call, b, b.submission())
	})
}

// unique drops repetitions: the lists are sets, and Apple refuses them.
func (b assetsBody) unique() assetsBody {
	return assetsBody{Assets: unique(b.Assets), ClientUserIDs: unique(b.ClientUserIDs), SerialNumbers: unique(b.SerialNumbers)}
}

func unique[T comparable](list []T) []T {
	seen := make(map[T]bool, len(list))
	var once []T
	for _, one := range list {
		if !seen[one] {
			seen[one] = true
			once = append(once, one)
		}
	}
	return once
}

func splitAssets(b assetsBody, l Limits) []assetsBody {
	var pieces []assetsBody
	for assets := range slices.Chunk(b.Assets, l.Assets) {
		for _, piece := range splitTargets(b, l.ClientUserIDs, l.SerialNumbers) {
			piece.Assets = assets
			pieces = append(pieces, piece)
		}
	}
	return pieces
}

func splitRevoke(b assetsBody, l Limits) []assetsBody {
	return splitTargets(b, l.RevokeClientUserIDs, l.RevokeSerialNumbers)
}

// splitTargets keeps users and devices in separate requests, so that each
// event is about one kind.
func splitTargets(b assetsBody, users, serials int) []assetsBody {
	var pieces []assetsBody
	for ids := range slices.Chunk(b.ClientUserIDs, users) {
		pieces = append(pieces, assetsBody{ClientUserIDs: ids})
	}
	for ids := range slices.Chunk(b.SerialNumbers, serials) {
		pieces = append(pieces, assetsBody{SerialNumbers: ids})
	}
	return pieces
}
