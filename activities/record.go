package activities

import "context"

// Record writes what the store's decided answers entail for a user:
// enrollment, settled siblings, expiry. Without an answer it changes nothing
// and tells what comes next. It runs as a local activity: it is quick, and what
// it does beside the database may fail.
func (a *Activities) Record(ctx context.Context, in UserInput) (NextResult, error) {
	recorded, err := a.Ledger.Record(ctx, in.UserID)
	if err != nil {
		return NextResult{}, wrap(err, "recording for user %s", in.UserID)
	}
	for _, send := range recorded.SettledSends {
		if err := a.Users.WakeGroup(ctx, send); err != nil {
			// The send is settled in the store; its workflow's slow timer finds out.
			a.Log.WarnContext(ctx, "A settled send's workflow was not told.", "send_id", send, "error", err)
		}
	}
	return NextResult{Next: recorded.Next}, nil
}
