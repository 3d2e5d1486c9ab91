package activities

import (
	"context"

	"heraut/content"
)

// Libraries opens Apple's side of apps and books.
type Libraries interface {
	// OpenLibraries opens the libraries of the installed content tokens for one
	// run, which may take hours; none without a token. With an error it returns
	// those that could be opened.
	OpenLibraries(ctx context.Context) ([]Library, error)
}

// Library is what a location owns at Apple and who has it. Its errors are
// content.AwayError where nothing was decided, and of Submit content.RefusedError
// where the request will never work.
type Library interface {
	// Location is Apple's uId.
	Location() string
	// BatchSize is how many users one request may name.
	BatchSize(ctx context.Context) (int, error)
	// Assets hands over everything that the location owns, page by page.
	Assets(ctx context.Context, visit func([]content.Asset) error) error
	// Asset is one of them as it is now.
	Asset(ctx context.Context, ref content.AssetRef) (asset content.Asset, found bool, err error)
	// Name is what an app or a book is called in the store; empty: the store
	// does not tell.
	Name(ctx context.Context, adamID string) (string, error)
	// Holders lists who has an asset.
	Holders(ctx context.Context, ref content.AssetRef) (content.Holders, error)
	// Submit asks for a batch in one request.
	Submit(ctx context.Context, b content.Batch) (content.Submission, error)
	// Await waits for the end of what was submitted; an event that does not end
	// comes back pending.
	Await(ctx context.Context, s content.Submission) (content.Event, error)
}

// Distributor starts a distribution.
type Distributor interface {
	// DistributeNow returns before anything is given.
	DistributeNow(ctx context.Context) error
}

// Licenses is the store's memory of who is promised, has and waits for apps
// and books. Each method is one transaction and safe to repeat.
type Licenses interface {
	// KeepAssets makes assets all that a location owns; KeepAsset keeps one.
	KeepAssets(ctx context.Context, location string, assets []content.Asset) error
	KeepAsset(ctx context.Context, location string, asset content.Asset) error
	// AssetsToName lists the numbers of assets whose name is to be asked for;
	// KeepAssetName keeps the answer, which may be empty.
	AssetsToName(ctx context.Context, location string, limit int) ([]string, error)
	KeepAssetName(ctx context.Context, location, adamID, name string) error
	// PlanLicenses compares what users should have with what they have.
	PlanLicenses(ctx context.Context, location string) (content.PlannedLicenses, error)
	// LicenseWork lists the assets about which Apple has to be asked; AssetWork
	// reads one.
	LicenseWork(ctx context.Context, location string) ([]content.LicenseWork, error)
	AssetWork(ctx context.Context, location string, ref content.AssetRef) (content.LicenseWork, error)
	// OpenBatch returns an asset's batch that has not ended.
	OpenBatch(ctx context.Context, location string, ref content.AssetRef) (b content.Batch, ok bool, err error)
	// ClaimBatch makes a batch of those who are first in the order of acceptance.
	ClaimBatch(ctx context.Context, location string, ref content.AssetRef, kind content.BatchKind, limit int) (b content.Batch, ok bool, err error)
	// BatchSubmitted keeps what Apple said to a batch's request.
	BatchSubmitted(ctx context.Context, batchID string, sub content.Submission) error
	// SettleBatch ends a batch by what became of its members.
	SettleBatch(ctx context.Context, b content.Batch, outcomes []content.Outcome) error
	// KeepHolders makes Apple's list of who has an asset ours.
	KeepHolders(ctx context.Context, location string, ref content.AssetRef, holders content.Holders) error
}
