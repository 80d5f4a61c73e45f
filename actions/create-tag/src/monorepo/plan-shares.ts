/**
 * Shares `budget` among texts of these sizes: what is smaller than an equal share is whole, and the others have the rest
 * in equal parts. Together the shares are never more than the budget.
 */
export function shareBytes(sizes: readonly number[], budget: number): number[] {
  const shares = sizes.map(() => 0);
  let left = Math.max(0, budget);
  const bySize = sizes.map((size, index) => ({ size, index })).sort((a, b) => a.size - b.size);
  for (const [place, { size, index }] of bySize.entries()) {
    const share = Math.min(size, Math.floor(left / (bySize.length - place)));
    shares[index] = share;
    left -= share;
  }
  return shares;
}
