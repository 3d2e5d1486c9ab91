package content

import (
	"strings"
	"time"
)

// AssetRef names an app or a book of a location.
type AssetRef struct {
	// AdamID is Apple's number of it.
	AdamID string
	// Pricing is STDQ, the usual one, or PLUS.
	Pricing string
}

// The price classes.
const (
	PricingStandard = "STDQ"
	PricingPlus     = "PLUS"
)

// Compare orders by number, then by price class.
func (r AssetRef) Compare(o AssetRef) int {
	if c := strings.Compare(r.AdamID, o.AdamID); c != 0 {
		return c
	}
	return strings.Compare(r.Pricing, o.Pricing)
}

// AssetType tells apps from books.
type AssetType string

// The types.
const (
	App  AssetType = "app"
	Book AssetType = "book"
)

// Asset is an app or a book that a location owns, as Apple told last.
type Asset struct {
	AssetRef

	// Location is Apple's uId of the owner.
	Location string
	Type     AssetType
	Name     string // empty: not known
	// Revocable licenses can be taken back; those of books can not.
	Revocable bool
	// Total licenses are Assigned or Available.
	Total, Assigned, Available int
	// Waiting are the enrolled users who wait for a license.
	Waiting   int
	UpdatedAt time.Time
}

// Owner is whose set of content it is: give one of the two.
type Owner struct{ GroupID, UserID string }

// Choice is an app or a book that somebody is to be promised.
type Choice struct {
	AssetRef

	// Location owns it; empty: the location of who is promised it.
	Location string
}

// Choice names the asset with the location that owns it.
func (a Asset) Choice() Choice { return Choice{AssetRef: a.AssetRef, Location: a.Location} }

// Choices are assets of the location of who is promised them.
func Choices(refs ...AssetRef) []Choice {
	list := make([]Choice, len(refs))
	for i, ref := range refs {
		list[i].AssetRef = ref
	}
	return list
}

// Forecast is what a plan's users will need of an asset.
type Forecast struct {
	AssetRef

	Name string
	// Location owns it, and the users belong to it.
	Location string
	// Needed are the users who have no license yet, Available what Apple had
	// left when it was asked last.
	Needed, Available int
}

// Inherited is an asset that somebody is promised by a group.
type Inherited struct {
	Asset

	GroupID, GroupName string
}
