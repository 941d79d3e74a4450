// What a user's subscriptions let him do: tables/access.yaml as pure functions.
const GRANTING = new Set(["active", "trialing", "past_due"]);
const OVER = new Set(["canceled", "incomplete_expired"]);

/** Of a subscription of Stripe's, what is kept. */
export function kept(subscription) {
  const { id, status, ended_at, cancel_at, cancel_at_period_end, trial_start } = subscription;
  return {
    ...{ id, status, ended_at, cancel_at, cancel_at_period_end, trial_start },
    paused: Boolean(subscription.pause_collection),
    items: subscription.items.data.map((item) => ({ price: item.price.id, ends: item.current_period_end })),
  };
}

/** The one of `subscriptions` that counts, as the read model shows it at `now`; Unix seconds. */
export function readModel(subscriptions, plans, now) {
  const seen = subscriptions.map((each) => view(each, plans, now)).filter(Boolean);
  return seen.sort(byWeight)[0] ?? NONE(plans);
}

function NONE(plans) {
  const plan = plans.find(({ key }) => key === "free");
  return { plan, effective: plan, status: "none", access: false, periodEnd: null, endsAt: null, cancels: false };
}

function view(subscription, plans, now) {
  const sold = subscription.items
    .map((item) => ({ ...item, plan: plans.find(({ price }) => price === item.price) }))
    .filter(({ plan }) => plan)
    .sort((one, other) => other.plan.rank - one.plan.rank)[0];
  if (!sold) return undefined;
  const { id, status } = subscription;
  const over = OVER.has(status);
  const endsAt = ending(subscription, sold.ends, over);
  const access = GRANTING.has(status) && !subscription.paused && (endsAt === null || now < endsAt);
  const effective = access ? sold.plan : NONE(plans).plan;
  return { id, plan: sold.plan, effective, status, access, periodEnd: sold.ends ?? null, endsAt, cancels: !over && endsAt !== null };
}

function ending(subscription, periodEnd, over) {
  if (over || subscription.ended_at) return subscription.ended_at ?? null;
  return subscription.cancel_at ?? (subscription.cancel_at_period_end ? periodEnd : null);
}

function byWeight(one, other) {
  const end = (each) => each.endsAt ?? each.periodEnd ?? 0;
  return (
    other.access - one.access ||
    other.plan.rank - one.plan.rank ||
    end(other) - end(one) ||
    (one.id < other.id ? 1 : -1)
  );
}

/** Why checkout refuses whoever has `subscriptions`: a problem's type, or undefined. */
export function refusal(subscriptions, plans) {
  const living = subscriptions.filter((each) => view(each, plans, 0) && !OVER.has(each.status));
  if (living.some(({ status }) => status !== "incomplete")) return "already-subscribed";
  return living.length > 0 ? "payment-pending" : undefined;
}

export function isOver({ status }) {
  return OVER.has(status);
}
