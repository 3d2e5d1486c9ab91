package api

import (
	"context"

	"heraut/people"
)

type (
	requestIDKey struct{}
	callerKey    struct{}
	claimKey     struct{}
	uploadKey    struct{}
)

func withRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

func withCaller(ctx context.Context, key people.APIKey) context.Context {
	return context.WithValue(ctx, callerKey{}, key)
}

// caller is the API key of the request; the zero key on public operations.
func caller(ctx context.Context) people.APIKey {
	key, _ := ctx.Value(callerKey{}).(people.APIKey)
	return key
}

// actor is who the request acts for, as audit rows name it.
func actor(ctx context.Context) people.Actor {
	key := caller(ctx)
	return people.Actor{Kind: people.ActorKey, ID: key.ID, Name: key.Name}
}

func withClaim(ctx context.Context, claim people.Claim) context.Context {
	return context.WithValue(ctx, claimKey{}, claim)
}

// claimOf is the claim of a request with an idempotency key, else the zero one.
func claimOf(ctx context.Context) people.Claim {
	claim, _ := ctx.Value(claimKey{}).(people.Claim)
	return claim
}

func withUpload(ctx context.Context, u *upload) context.Context {
	return context.WithValue(ctx, uploadKey{}, u)
}

// uploadOf is the spooled body of a request that streams, or nil.
func uploadOf(ctx context.Context) *upload {
	u, _ := ctx.Value(uploadKey{}).(*upload)
	return u
}
