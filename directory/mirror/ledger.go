package mirror

import (
	"context"

	"heraut/people"
)

// Ledger is the store as a run needs it. Each method is safe to repeat, and
// writes nothing where nothing differs.
type Ledger interface {
	Directory(ctx context.Context, id string) (people.Directory, error)
	// BeginRun begins a run, or returns the one that was cut off.
	BeginRun(ctx context.Context, actor people.Actor, directoryID string, full bool) (run people.DirectoryRun, fresh bool, err error)
	// OpenRun returns the run that is under way; ok is false when there is none.
	OpenRun(ctx context.Context, directoryID string) (run people.DirectoryRun, ok bool, err error)
	// FullRun notes that a run reads everything after all.
	FullRun(ctx context.Context, run people.DirectoryRun) error
	RunProgress(ctx context.Context, run people.DirectoryRun, peopleRead, groupsRead int) error
	// FinishRun ends a run: state, failure, takes and kept are the run's, the
	// other counts are the ledger's own.
	FinishRun(ctx context.Context, run people.DirectoryRun, cookie string, problems []people.DirectoryProblem) error
	DirectoryCookie(ctx context.Context, id string) (string, error)

	SyncPeople(ctx context.Context, run people.DirectoryRun, page []people.DirectoryPerson) (people.SyncedPeople, error)
	SyncGroups(ctx context.Context, run people.DirectoryRun, page []people.DirectoryGroup) (ids map[string]string, err error)
	DirectoryMembers(ctx context.Context, groupIDs []string) ([]people.MemberPair, error)
	AddMembers(ctx context.Context, run people.DirectoryRun, pairs []people.MemberPair) error

	// DirectoryPeople and DirectoryGroups list links after a stable id, in order.
	DirectoryPeople(ctx context.Context, directoryID, after string, limit int) ([]people.DirectoryLink, error)
	DirectoryGroups(ctx context.Context, directoryID, after string, limit int) ([]people.DirectoryLink, error)
	// LinksOf finds the links of stable ids.
	LinksOf(ctx context.Context, directoryID string, stableIDs []string) (users, groups []people.DirectoryLink, err error)
	// ResolveKeys finds whom keys name; who is not known is not in the answer.
	ResolveKeys(ctx context.Context, directoryID string, keys []people.DirectoryKey) (map[people.DirectoryKey]people.MemberPair, error)
	SharedAddresses(ctx context.Context, directoryID string, limit int) (map[string]int, error)

	Taker
}

// Taker takes away. Each method returns users whose workflows have to look.
type Taker interface {
	RemovePeople(ctx context.Context, run people.DirectoryRun, userIDs []string) (look []string, err error)
	DisablePeople(ctx context.Context, run people.DirectoryRun, userIDs []string) (look []string, err error)
	RemoveGroups(ctx context.Context, run people.DirectoryRun, groupIDs []string) (look []string, err error)
	RemoveMembers(ctx context.Context, run people.DirectoryRun, pairs []people.MemberPair) (look []string, err error)
}
