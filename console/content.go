package console

import (
	"context"
	"net/http"
	"net/url"

	"heraut/content"
	"heraut/people"
)

var contentRoutes = []route{
	{get, "/content", viewer, (*visit).content},
	{get, "/content/:adam/:pricing", viewer, (*visit).asset},
}

// contentStore keeps apps and books, who is promised which, and who has or
// waits for a license.
type contentStore interface {
	FindAssets(ctx context.Context, query string, after people.Cursor, limit int) (people.Page[content.Asset], error)
	Asset(ctx context.Context, location string, ref content.AssetRef) (content.Asset, error)
	// AssetHolders are who has it, by name; AssetQueue who waits, by turn.
	AssetHolders(ctx context.Context, location string, ref content.AssetRef, after people.Cursor, limit int) (people.Page[content.License], error)
	AssetQueue(ctx context.Context, location string, ref content.AssetRef, after people.Cursor, limit int) (people.Page[content.License], error)
	Content(ctx context.Context, o content.Owner) ([]content.Asset, error)
	// ContentAbove is what the groups above promise.
	ContentAbove(ctx context.Context, o content.Owner) ([]content.Inherited, error)
	PutContent(ctx context.Context, actor people.Actor, o content.Owner, assets []content.Choice) ([]content.Asset, error)
	ListActiveLicenses(ctx context.Context, f content.LicenseFilter, after people.Cursor, limit int) (people.Page[content.License], error)
	ListCompletedLicenses(ctx context.Context, f content.LicenseFilter, after people.Cursor, limit int) (people.Page[content.License], error)
}

// library is the page of all apps and books.
type library struct {
	// Installed tells whether there is a content token: without one there is
	// nothing to show.
	Installed bool
	Query     string
	Assets    []assetLine
	Steps     steps
}

// assetLine is an app or a book as lists show it.
type assetLine struct {
	content.Asset

	Title string
	Href  string
}

// line names an asset; one whose name Apple has not told has its number.
func (v *visit) line(a content.Asset) assetLine {
	title := a.Name
	if title == "" {
		title = v.t("content.unnamed", "number", a.AdamID)
	}
	return assetLine{Asset: a, Title: title, Href: "/content/" + a.AdamID + "/" + a.Pricing + "?location=" + url.QueryEscape(a.Location)}
}

func (v *visit) lines(assets []content.Asset) []assetLine {
	lines := make([]assetLine, len(assets))
	for i, a := range assets {
		lines[i] = v.line(a)
	}
	return lines
}

// content shows what was purchased.
func (v *visit) content() error {
	v.section = "content"
	l := library{Query: v.wanted()}
	var err error
	if l.Installed, err = v.Office.HasContent(v.ctx()); err != nil {
		return err
	}
	at, err := v.place()
	if err != nil {
		return err
	}
	page, err := v.Store.FindAssets(v.ctx(), l.Query, at, paneLimit)
	if err != nil {
		return err
	}
	l.Assets, l.Steps = v.lines(page.Items), v.stepsOf("after", page.Next)
	if v.live() && v.target() == "assets" {
		return v.part("content/list", "assets", l)
	}
	return v.show(http.StatusOK, "content/list", nil, l)
}

// assetPage is one app or book, with who has it and who waits for it.
type assetPage struct {
	Asset       assetLine
	Queue       []content.License
	QueueSteps  steps
	Holders     []content.License
	HolderSteps steps
}

func (v *visit) asset() error {
	v.section = "content"
	ref := content.AssetRef{AdamID: v.c.Param("adam"), Pricing: v.c.Param("pricing")}
	asset, err := v.Store.Asset(v.ctx(), v.query("location"), ref)
	if err != nil {
		return err
	}
	p := assetPage{Asset: v.line(asset)}
	if p.Queue, p.QueueSteps, err = v.licenses("queue", asset, v.Store.AssetQueue); err != nil {
		return err
	}
	if p.Holders, p.HolderSteps, err = v.licenses("holders", asset, v.Store.AssetHolders); err != nil {
		return err
	}
	return v.show(http.StatusOK, "content/asset", nil, p)
}

// licenses reads the part of a list whose place stands in the address under a
// name.
func (v *visit) licenses(name string, of content.Asset,
	list func(context.Context, string, content.AssetRef, people.Cursor, int) (people.Page[content.License], error),
) ([]content.License, steps, error) {
	at, err := v.placeAt(name)
	if err != nil {
		return nil, steps{}, err
	}
	page, err := list(v.ctx(), of.Location, of.AssetRef, at, paneLimit)
	return page.Items, v.stepsOf(name, page.Next), err
}
